import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { processTreeCpuMicros } from '../../../harness/measure/process-cpu.ts';
import { proc } from '../../../harness/run/proc.ts';
import type { LoopResult } from '../pairs.ts';
import { type Interval, Timed, timedSeconds, warmupSeconds } from './timed.ts';

/** How a tool is started, and how it is understood. */
export interface JavaCommand {
  readonly classPath: string;
  readonly main: string;
  /** Where the broker is; may hold a password. */
  readonly connection: readonly string[];
  readonly settings: readonly string[];
  /** Undefined: the line tells of no interval. */
  readonly intervalOf: (line: string) => Interval | undefined;
}

/** Longer than any start of a JVM. */
const startSeconds = 60;
const lastLines = 5;

/**
 * Runs a tool until it has been timed after its warm-up, and ends it. CPU is that of the whole JVM, with its compiler
 * and its collector, between the first and the last interval that count.
 *
 * @throws Error with the last lines of a tool that ends too early
 */
export async function javaLoop(command: JavaCommand): Promise<LoopResult> {
  const { classPath, main, connection, settings } = command;
  const child = spawn('java', ['-cp', classPath, main, ...connection, ...settings], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  const note = (line: string): void => {
    // The frames of a stack say less than the line above them.
    if (/^\s+at /.test(line)) return;
    said.push(line);
    if (said.length > lastLines) said.shift();
  };
  createInterface({ input: child.stderr }).on('line', note);
  const expiry = setTimeout(
    () => child.kill('SIGKILL'),
    (startSeconds + warmupSeconds + timedSeconds) * 1_000,
  );
  try {
    const timed = new Timed(() => processTreeCpuMicros(child.pid ?? 0, proc));
    const closed = once(child, 'close');
    // It is awaited below, after all that the tool has said.
    closed.catch(() => undefined);
    // Without a listener an executable that is not there would end this process.
    child.on('error', (error) => note(error.message));
    for await (const line of createInterface({ input: child.stdout })) {
      note(line);
      const interval = command.intervalOf(line);
      if (interval !== undefined && timed.take(interval)) break;
    }
    child.kill('SIGKILL');
    await closed;
    const result = timed.result();
    if (result === undefined) throw new Error(`${command.main} ended: ${said.join(' | ')}`);
    return result;
  } finally {
    clearTimeout(expiry);
    child.kill('SIGKILL');
  }
}
