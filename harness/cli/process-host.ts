import { randomInt } from 'node:crypto';
import { writeSync } from 'node:fs';
import { nodeDisk } from '../history/node-disk.ts';
import type { Host } from './host.ts';
import { main } from './main.ts';
import { programName } from './program-name.ts';

/** Exit code of a second Ctrl-C: the user wants out now. */
const interruptedExitCode = 130;

/**
 * Turns the real process into a `Host`, runs the command and sets the exit code. The first Ctrl-C asks
 * for an orderly end with partial results, the second one ends at once; children die with us either way.
 */
export async function runProcess(process: NodeJS.Process): Promise<void> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    if (interruption.signal.aborted) process.exit(interruptedExitCode);
    process.stderr.write('\ninterrupted: writing what was recorded; again to quit now\n');
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const place = {
    environment: process.env,
    directory: process.cwd(),
    script: process.argv[1] ?? '',
  };
  const host: Host = {
    ...place,
    program: programName(place),
    argv: process.argv.slice(2),
    disk: nodeDisk,
    stdout: (text) => writeWhole(process.stdout.fd, text),
    stderr: (text) => process.stderr.write(text),
    stdoutIsTerminal: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
    stderrIsTerminal: process.stderr.isTTY && process.env['TERM'] !== 'dumb',
    columns: process.stdout.columns ?? 120,
    monotonic: () => process.hrtime.bigint(),
    wallClock: () => new Date(),
    every: (periodMs, act) => {
      const timer = setInterval(act, periodMs);
      return () => clearInterval(timer);
    },
    freshSeed: () => randomInt(1, 2 ** 31),
    nodeExecutable: process.execPath,
    nodeVersion: process.versions.node,
    pid: process.pid,
    kill: (pid, signal) => {
      process.kill(pid, signal);
    },
    signal: interruption.signal,
    threadCpuMicros: () => {
      const { user, system } = process.threadCpuUsage();
      return user + system;
    },
  };
  process.exitCode = await main(host);
  process.off('SIGINT', interrupt);
  process.off('SIGTERM', interrupt);
}

/** A pipe takes what it can: a report must not be cut short when the process ends. */
function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error;
      if (error.code === 'EPIPE') return;
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}
