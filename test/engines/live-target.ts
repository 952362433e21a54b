import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../engines/engine.ts';
import type { Provisioned, ProvisionRequest } from '../../engines/provisioner.ts';
import { createProvisionHost } from '../../harness/provision/host.ts';
import { openLifeLine } from '../../harness/provision/life-line.ts';

export const live = process.env['ACKMARK_LIVE'] === '1';

export interface LiveTarget {
  readonly up: Provisioned;
  /** Where everything of it is. */
  readonly directory: string;
  readonly down: () => Promise<void>;
}

/** What an engine calls `local`, from the user's cache (fetched when it is not there), in a directory of its own. */
export async function startLive<O>(
  engine: Pick<Engine<O>, 'id' | 'provisioners'>,
  request: Partial<Omit<ProvisionRequest, 'directory'>>,
): Promise<LiveTarget> {
  const directory = mkdtempSync(join(tmpdir(), `ackmark-${engine.id}-`));
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
  const provisioner = await engine.provisioners['local']?.();
  if (provisioner === undefined) throw new Error(`${engine.id} has no target local`);
  const up = await provisioner.up(host, {
    nodes: 1,
    settings: {},
    proxies: [],
    ...request,
    directory,
  });
  return {
    up,
    directory,
    down: async () => {
      await up.down();
      lifeLine.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
