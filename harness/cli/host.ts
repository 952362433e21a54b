import type { MonotonicSource } from '../core/clock.ts';
import type { Disk } from '../history/disk.ts';

/**
 * What the command line knows of its process: arguments, environment, streams, clocks, signals and other
 * processes. `process-host.ts` makes the real one; tests make their own and assert on the bytes. Files and
 * facts of the machine are not in it: commands take them from Node, under `directory` and the cache that
 * `environment` names, which a test gives a place of its own. Histories alone go through `disk`, whose
 * failures are simulated.
 */
export interface Host {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** Where histories are read and written. */
  readonly disk: Disk;
  /** For the result alone; returns when every byte is written. */
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** A terminal that may be given colours. */
  readonly stdoutIsTerminal: boolean;
  /** A terminal that can repaint a line. */
  readonly stderrIsTerminal: boolean;
  readonly columns: number;
  readonly monotonic: MonotonicSource;
  readonly wallClock: () => Date;
  /** Acts again and again; returns what ends it. */
  readonly every: (periodMs: number, act: () => void) => () => void;
  /** A fresh seed for a run that names none. */
  readonly freshSeed: () => number;
  readonly nodeExecutable: string;
  /** The file that this process runs, to start another like it. */
  readonly script: string;
  /** How this program is called from a shell: the beginning of every command that is printed. */
  readonly program: string;
  readonly nodeVersion: string;
  readonly pid: number;
  readonly kill: (pid: number, signal: NodeJS.Signals | 0) => void;
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** CPU time of the calling thread, microseconds. */
  readonly threadCpuMicros: () => number;
}
