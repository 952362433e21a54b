/**
 * A subscription of what comes in, beside those that a scenario has anyway, whose consumers have a policy of their own:
 * what a system does that has several readers of one stream.
 */
export interface Tap {
  /** Unique in the scenario. */
  readonly name: string;
  readonly consumers: number;
  /** Permits that each of them keeps open: with 1 it takes one record at a time. */
  readonly prefetch: number;
  readonly does: Examination | Filing;
}

/**
 * Decides about each record by itself, in time. Some it cannot decode: it tries again after each of the pauses, and
 * sets the record aside then, in dead letters of its own, and goes on.
 */
export interface Examination {
  readonly kind: 'examine';
  /** One in so many cannot be decoded, by the cell's seed. */
  readonly undecodableOneIn: number;
  readonly retryPausesMs: readonly number[];
  /** Of responses outside the failover window: from the instant at which a record was due to its delivery. */
  readonly p99MsMost: number;
  /** The failover window ends so long after the broker is back: what came meanwhile is made up for. */
  readonly catchUpMs: number;
}

/** Collects rows in memory and writes them to a file when there are so many, or so long after the first of them. */
export interface Filing {
  readonly kind: 'file';
  readonly flushRows: number;
  readonly flushEveryMs: number;
}
