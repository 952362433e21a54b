import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Provisioned, Provisioner } from '../../../engines/provisioner.ts';
import { createProvisionHost } from '../../../harness/provision/host.ts';
import { openLifeLine } from '../../../harness/provision/life-line.ts';

/** Real broker processes in a directory of their own; `down` leaves nothing behind. */
export async function bringUp(
  provisioner: Provisioner,
  nodes = 1,
  settings: Readonly<Record<string, string>> = {},
): Promise<Provisioned> {
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-embedded-'));
  const lifeLine = openLifeLine(join(directory, 'lives'), process.pid, (pid, signal) => {
    process.kill(pid, signal);
  });
  const host = createProvisionHost({
    portsFrom: randomInt(1_000_000),
    cacheDirectory: join(directory, 'cache'),
    environment: {},
    nodeExecutable: process.execPath,
    signal: new AbortController().signal,
    lifeLine,
    note: () => {},
  });
  const up = await provisioner.up(host, { nodes, settings, directory, proxies: [] });
  return {
    ...up,
    down: async () => {
      await up.down();
      lifeLine.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
