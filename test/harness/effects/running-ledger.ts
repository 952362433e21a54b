import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningLedger, startLedger } from '../../../harness/effects/start-ledger.ts';
import { createProvisionHost } from '../../../harness/provision/host.ts';

/** A ledger in a process of its own, which a test may kill. */
export async function runningLedger(): Promise<RunningLedger & { kill(): void }> {
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-ledger-'));
  let pid = -1;
  const host = createProvisionHost({
    portsFrom: randomInt(1_000_000),
    cacheDirectory: directory,
    environment: {},
    nodeExecutable: process.execPath,
    signal: new AbortController().signal,
    lifeLine: {
      guard: [],
      remember: (started) => {
        pid = started;
      },
      forget: () => {},
      rememberDirectory: () => {},
      close: () => {},
    },
    note: () => {},
  });
  const running = await startLedger(host, join(directory, 'ledger'));
  return {
    ...running,
    kill: () => process.kill(pid, 'SIGKILL'),
    stop: async () => {
      await running.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
