import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import engine from '../../../engines/rabbitmq/engine.ts';
import { type ReleaseKind, releases } from '../../../engines/rabbitmq/releases.ts';
import type { Endpoint, Provisioned } from '../../../engines/provisioner.ts';
import { createProvisionHost } from '../../../harness/provision/host.ts';
import { openLifeLine } from '../../../harness/provision/life-line.ts';

export const live = process.env['ACKMARK_LIVE'] === '1';
export const whyNotLive = 'needs a real RabbitMQ: set ACKMARK_LIVE=1';

/** Of all releases `local` alone is fetched by the tests; the others where somebody has done it: why not, or nothing. */
export function whyNotReleased(kind: ReleaseKind): string {
  if (!live) return whyNotLive;
  const isThere = kind === 'local' || existsSync(join(cacheDirectory, releases[kind].directory));
  return isThere ? '' : `not fetched: ackmark up rabbitmq --target ${kind}`;
}

const base = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const cacheDirectory = process.env['ACKMARK_CACHE'] ?? join(base, 'ackmark');

export interface LiveBroker {
  readonly up: Provisioned;
  readonly directory: string;
  readonly down: () => Promise<void>;
}

/** A real broker from the user's cache (fetched when it is not there), in a directory of its own. */
export async function startLiveBroker(
  proxies: readonly Endpoint[] = [],
  nodes = 1,
  kind: ReleaseKind = 'local',
): Promise<LiveBroker> {
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-rabbitmq-'));
  const { host, close } = liveHost(directory);
  const provisioner = await engine.provisioners[kind]();
  const up = await provisioner.up(host, { nodes, settings: {}, directory, proxies });
  return {
    up,
    directory,
    down: async () => {
      await up.down();
      close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function liveHost(directory: string) {
  const lifeLine = openLifeLine(join(directory, 'running'), process.pid, (pid, signal) =>
    process.kill(pid, signal),
  );
  const host = createProvisionHost({
    portsFrom: randomInt(1_000_000),
    cacheDirectory,
    environment: process.env,
    nodeExecutable: process.execPath,
    signal: new AbortController().signal,
    lifeLine,
    note: () => undefined,
  });
  return { host, close: () => lifeLine.close() };
}
