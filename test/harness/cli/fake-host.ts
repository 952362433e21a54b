import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeDisk } from '../../../harness/history/node-disk.ts';
import type { Host } from '../../../harness/cli/host.ts';

export interface FakeHost extends Host {
  readonly out: () => string;
  readonly err: () => string;
  readonly interrupt: () => void;
}

const directories: string[] = [];
process.once('exit', () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** Removed when the test's process ends. */
function emptyDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-test-'));
  directories.push(directory);
  return directory;
}

/** A host whose streams are strings and whose directory is empty and new. */
export function fakeHost(argv: readonly string[], over: Partial<Host> = {}): FakeHost {
  const directory = over.directory ?? emptyDirectory();
  const interruption = new AbortController();
  let out = '';
  let err = '';
  return {
    argv,
    environment: { ...process.env, ACKMARK_CACHE: join(directory, 'cache') },
    directory,
    disk: nodeDisk,
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    columns: 120,
    monotonic: () => process.hrtime.bigint(),
    every: (periodMs, act) => {
      const timer = setInterval(act, periodMs);
      return () => clearInterval(timer);
    },
    wallClock: () => new Date('2026-01-02T03:04:05Z'),
    freshSeed: () => 42,
    nodeExecutable: process.execPath,
    nodeVersion: process.versions.node,
    script: '',
    program: 'ackmark',
    pid: process.pid,
    kill: (pid, signal) => {
      process.kill(pid, signal);
    },
    signal: interruption.signal,
    threadCpuMicros: () => 0,
    ...over,
    out: () => out,
    err: () => err,
    interrupt: () => interruption.abort(),
  };
}
