/** A line that was not read as an event, and why. */
export interface LineFault {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

const mostListed = 20;

/** What of a history could not be read: the first of it word for word, the rest counted. */
export class ProblemList {
  readonly #faults: LineFault[] = [];
  readonly #ofHistory: string[] = [];
  #lines = 0;
  #total = 0;
  #cut = 0;

  /** A line that was looked at. */
  countLine(): void {
    this.#lines += 1;
  }

  line(fault: LineFault): void {
    this.#total += 1;
    if (this.#faults.length < mostListed) this.#faults.push(fault);
  }

  /** What is wrong with a file or the history as a whole; leaving lines out does not mend it. */
  history(reason: string): void {
    if (this.#ofHistory.length < mostListed) this.#ofHistory.push(reason);
  }

  /** A file ends within a line: nobody knows what followed. */
  cut(): void {
    this.#cut += 1;
  }

  report(): ProblemReport {
    return {
      lines: this.#lines,
      malformed: this.#total,
      cut: this.#cut,
      first: this.#faults,
      ofHistory: this.#ofHistory,
    };
  }
}

export interface ProblemReport {
  /** Lines that were looked at, headers included. */
  readonly lines: number;
  readonly malformed: number;
  /** Files that end within a line. */
  readonly cut: number;
  /** The first of the malformed lines. */
  readonly first: readonly LineFault[];
  readonly ofHistory: readonly string[];
}
