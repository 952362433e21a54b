/** What a run tells its audience while it works; rendered on stderr by the command line. */
export interface Progress {
  planned(cells: number, unsupported: number): void;
  /** A target is being started, which may take minutes when it has to be fetched first. */
  provisioning(target: string): void;
  started(cell: string): void;
  /** A phase of a cell, or its counters now and then. */
  phase(cell: string, phase: string): void;
  sent(cell: string, messages: number, of: number): void;
  ended(cell: string, outcome: string): void;
  note(line: string): void;
}
