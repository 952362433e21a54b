import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ProvisionHost } from '../../engines/provisioner.ts';
import { createProvisionHost } from '../provision/host.ts';
import { type LifeLine, openLifeLine } from '../provision/life-line.ts';
import type { Host } from './host.ts';

export interface Provisioning {
  readonly host: ProvisionHost;
  readonly lifeLine: LifeLine;
}

/** Brokers are cached per user: `ACKMARK_CACHE`, else the XDG cache directory. */
export function cacheDirectoryOf(environment: Host['environment']): string {
  const base = environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return environment['ACKMARK_CACHE'] ?? join(base, 'ackmark');
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
    }),
  };
}
