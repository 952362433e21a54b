import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../engines/engine.ts';
import type { Provisioned, ProvisionRequest } from '../../engines/provisioner.ts';
import { liveHost } from './rabbitmq/live-broker.ts';

export { live } from './rabbitmq/live-broker.ts';

export interface LiveTarget {
  readonly up: Provisioned;
  readonly down: () => Promise<void>;
}

/** What an engine calls `local`, from the user's cache (fetched when it is not there), in a directory of its own. */
export async function startLive<O>(
  engine: Pick<Engine<O>, 'id' | 'provisioners'>,
  request: Partial<Omit<ProvisionRequest, 'directory'>>,
): Promise<LiveTarget> {
  const directory = mkdtempSync(join(tmpdir(), `ackmark-${engine.id}-`));
  const { host, close } = liveHost(directory);
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
    down: async () => {
      await up.down();
      close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
