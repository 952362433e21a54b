import { join } from 'node:path';
import type { ProvisionHost } from '../../engines/provisioner.ts';
import { createProvisionHost } from '../provision/host.ts';
import { type LifeLine, openLifeLine } from '../provision/life-line.ts';
import { cacheDirectoryOf } from './cache-directory.ts';
import type { Host } from './host.ts';

export interface Provisioning {
  readonly host: ProvisionHost;
  readonly lifeLine: LifeLine;
}

export function openProvisioning(
  host: Host,
  note: (line: string) => void,
  firstPort?: number,
): Provisioning {
  const cacheDirectory = cacheDirectoryOf(host.environment);
  const lifeLine = openLifeLine(join(cacheDirectory, 'running'), host.pid, host.kill);
  return {
    lifeLine,
    host: createProvisionHost({
      cacheDirectory,
      environment: host.environment,
      nodeExecutable: host.nodeExecutable,
      signal: host.signal,
      lifeLine,
      note,
      firstPort,
      portsFrom: host.pid,
    }),
  };
}
