import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import engine from '../../../engines/nats/engine.ts';
import type { Endpoint, Provisioned } from '../../../engines/provisioner.ts';
import { createProvisionHost } from '../../../harness/provision/host.ts';
import { openLifeLine } from '../../../harness/provision/life-line.ts';

export const live = process.env['ACKMARK_LIVE'] === '1';
export const whyNotLive = 'needs a real NATS server: set ACKMARK_LIVE=1';

export interface LiveNats {
  readonly up: Provisioned;
  readonly down: () => Promise<void>;
}

/** Real servers from the user's cache (fetched when they are not there), in a directory of their own. */
export async function startLiveNats(
  nodes = 1,
  proxies: readonly Endpoint[] = [],
): Promise<LiveNats> {
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-nats-'));
  const lifeLine = openLifeLine(join(directory, 'running'), process.pid, (pid, signal) =>
    process.kill(pid, signal),
  );
  const base = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const host = createProvisionHost({
    portsFrom: randomInt(1_000_000),
    cacheDirectory: process.env['ACKMARK_CACHE'] ?? join(base, 'ackmark'),
    environment: process.env,
    nodeExecutable: process.execPath,
    signal: new AbortController().signal,
    lifeLine,
    note: () => undefined,
  });
  const provisioner = await engine.provisioners.local();
  const up = await provisioner.up(host, { nodes, settings: {}, directory, proxies });
  return {
    up,
    down: async () => {
      await up.down();
      lifeLine.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
