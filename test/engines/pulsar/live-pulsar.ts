import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import engine from '../../../engines/pulsar/engine.ts';
import { distribution } from '../../../engines/pulsar/provision.ts';
import type { Endpoint } from '../../../engines/provisioner.ts';
import { live as isLive, type LiveTarget, startLive } from '../live-target.ts';

const base = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const cache = process.env['ACKMARK_CACHE'] ?? join(base, 'ackmark');
const isFetched = existsSync(join(cache, distribution.directory));

/** 245 MB are not fetched by a test: where somebody has done it, it is used. */
export const live = isLive && isFetched;
export const whyNotLive = isLive
  ? 'not fetched: ackmark up pulsar'
  : 'needs a real Pulsar: set ACKMARK_LIVE=1';

export const startLivePulsar = (proxies: readonly Endpoint[] = []): Promise<LiveTarget> =>
  startLive(engine, { proxies });
