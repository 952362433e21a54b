/** What the consumers of a tap do, resolved for a cell: plain data for the actor’s thread. */
export type TapPolicy = ExaminationPolicy | FilingPolicy;

export interface ExaminationPolicy {
  readonly kind: 'examine';
  /** Of the cell: all its consumers fail at the same records. */
  readonly seed: number;
  readonly undecodableOneIn: number;
  readonly retryPausesMs: readonly number[];
  /** The destination of its dead letters; undefined: what cannot be decoded is skipped. */
  readonly deadLetters: number | undefined;
}

export interface FilingPolicy {
  readonly kind: 'file';
  /** There is one, and it is this tap's alone. */
  readonly directory: string;
  readonly flushRows: number;
  readonly flushEveryMs: number;
  readonly isCommittedFirst: boolean;
}

/** The sink of the rows in files; that of the jobs' effects is 0. */
export const fileSink = 1;
