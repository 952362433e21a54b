import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProvisionHost } from '../../../engines/provisioner.ts';
import type { EffectStore } from '../../../scenarios/scenario.ts';
import type { RunningLedger } from '../../../harness/effects/ledger.ts';
import { startLedger } from '../../../harness/effects/start-ledger.ts';
import { createProvisionHost } from '../../../harness/provision/host.ts';

/** A ledger in processes of its own, which a test may kill. */
export async function runningLedger(
  store: EffectStore,
): Promise<RunningLedger & { readonly pid: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-ledger-'));
  let pid = -1;
  const host = hostOf(directory, (started) => {
    pid = started;
  });
  const running = await startLedger(store, host, join(directory, 'ledger'));
  return {
    ...running,
    pid,
    stop: async () => {
      await running.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function hostOf(directory: string, remember: (pid: number) => void): ProvisionHost {
  return createProvisionHost({
    portsFrom: randomInt(1_000_000),
    cacheDirectory: directory,
    environment: { PATH: process.env['PATH'] },
    nodeExecutable: process.execPath,
    signal: new AbortController().signal,
    lifeLine: {
      guard: [],
      remember,
      forget: () => {},
      rememberDirectory: () => {},
      close: () => {},
    },
    note: () => {},
  });
}
