import engine from '../../../engines/nats/engine.ts';
import type { Endpoint } from '../../../engines/provisioner.ts';
import { type LiveTarget, startLive } from '../live-target.ts';

export { live } from '../live-target.ts';
export const whyNotLive = 'needs a real NATS server: set ACKMARK_LIVE=1';

export type LiveNats = LiveTarget;

export const startLiveNats = (nodes = 1, proxies: readonly Endpoint[] = []): Promise<LiveNats> =>
  startLive(engine, { nodes, proxies });
