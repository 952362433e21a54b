import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Provisioned, Provisioner } from '../../../engines/provisioner.ts';
import { createProvisionHost } from '../../../harness/provision/host.ts';
import { openLifeLine } from '../../../harness/provision/life-line.ts';

/** A real broker process in a directory of its own; `down` leaves neither behind. */
export async function bringUp(provisioner: Provisioner): Promise<Provisioned> {
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-embedded-'));
  const lifeLine = openLifeLine(join(directory, 'lives'), process.pid, (pid, signal) => {
    process.kill(pid, signal);
  });
  const host = createProvisionHost({
    cacheDirectory: join(directory, 'cache'),
    environment: {},
    nodeExecutable: process.execPath,
    signal: new AbortController().signal,
    lifeLine,
    note: () => {},
  });
  const up = await provisioner.up(host, { nodes: 1, settings: {}, directory, proxies: [] });
  return {
    ...up,
    down: async () => {
      await up.down();
      lifeLine.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
