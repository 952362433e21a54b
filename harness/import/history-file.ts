import type { DiskFile } from '../history/disk.ts';
import { LineProblem } from './line-problems.ts';
import { parseLine } from './line-parser.ts';
import { type Line, LineReader } from './line-reader.ts';
import type { EventLine, HeaderLine } from './line-schema.ts';
import type { ProblemList } from './problem-list.ts';

const missingHeader =
  'the first line is {"kind":"history","version":1}, with whatever else is known of the history';

/** One file of a history: its header, and its events in the order of time. */
export class HistoryFile {
  readonly name: string;
  readonly header: HeaderLine | undefined;
  /** The next event, or undefined after the last. */
  current: EventLine | undefined;
  /** Its time on the clock of the whole history. */
  currentMs = 0;
  currentLine = 0;
  readonly #lines: LineReader;
  readonly #problems: ProblemList;
  readonly #runOf: RunName;
  #lastMs = 0;

  constructor(name: string, file: DiskFile, problems: ProblemList, run: RunName) {
    this.name = name;
    this.#lines = new LineReader(file);
    this.#problems = problems;
    this.#runOf = run;
    this.header = this.#readHeader();
    if (this.header?.run !== undefined && !run.accept(this.header.run)) {
      problems.history(`${name} is of run ${this.header.run}, and ${run.name} was to be read`);
    }
    if (this.current === undefined) this.advance();
  }

  /** Goes to the next event that can be read. */
  advance(): void {
    for (;;) {
      const line = this.#lines.next();
      if (line === undefined) {
        this.current = undefined;
        return;
      }
      const parsed = this.#parse(line);
      if (parsed !== undefined && this.#take(parsed, line.number)) return;
    }
  }

  /** The current event says what cannot be; it is passed over by the next `advance`. */
  refuse(reason: string): void {
    this.#problems.line({ file: this.name, line: this.currentLine, reason });
  }

  #readHeader(): HeaderLine | undefined {
    const first = this.#lines.next();
    if (first === undefined) {
      this.#problems.history(`${this.name} is empty`);
      return undefined;
    }
    const parsed = this.#parse(first);
    if (parsed?.kind === 'history') return parsed;
    // A line that does not parse has been reported as such.
    if (parsed !== undefined) {
      this.#problems.history(`${this.name} has no header: ${missingHeader}`);
      this.#take(parsed, first.number);
    }
    return undefined;
  }

  #take(parsed: HeaderLine | EventLine, line: number): boolean {
    const refuse = (reason: string): boolean => {
      this.#problems.line({ file: this.name, line, reason });
      return false;
    };
    if (parsed.kind === 'history') return refuse('a header stands in the first line only');
    if (parsed.run !== undefined && !this.#runOf.accept(parsed.run)) {
      return refuse(`it is an event of run ${parsed.run}, and this is ${this.#runOf.name}`);
    }
    const timeMs = parsed.timeMs + (this.header?.offsetMs ?? 0);
    if (timeMs < this.#lastMs) {
      return refuse(`time goes back, from ${this.#lastMs} ms to ${timeMs} ms`);
    }
    this.#lastMs = timeMs;
    this.current = parsed;
    this.currentMs = timeMs;
    this.currentLine = line;
    return true;
  }

  #parse(line: Line): HeaderLine | EventLine | undefined {
    this.#problems.countLine();
    try {
      if (line.tooLong) throw new LineProblem('it has more than 16 MiB');
      return parseLine(line.text);
    } catch (error) {
      if (!(error instanceof LineProblem)) throw error;
      if (line.ended) {
        const { name: file } = this;
        this.#problems.line({ file, line: line.number, reason: error.message });
      } else {
        const why = `${this.name} is cut off in line ${line.number}, its last`;
        this.#problems.history(`${why}: ${error.message}`);
        this.#problems.cut();
      }
      return undefined;
    }
  }
}

/** The one run that a history is of; the first name that is told counts. */
export class RunName {
  name = '';

  accept(run: string): boolean {
    if (this.name === '') this.name = run;
    return this.name === run;
  }
}
