import type { Target } from '../../../engines/engine.ts';
import type { ProvisionRequest } from '../../../engines/provisioner.ts';
import engine from '../../../engines/redis/engine.ts';
import type { RedisOptions } from '../../../engines/redis/options.ts';
import { LiveCell as Cell } from '../live-cell.ts';
import { type LiveTarget, startLive } from '../live-target.ts';

export { live } from '../live-target.ts';
export const whyNotLive = 'needs a real Redis server: set ACKMARK_LIVE=1';

export type LiveRedis = LiveTarget;

export const startLiveRedis = (
  request: Partial<Omit<ProvisionRequest, 'directory'>> = {},
): Promise<LiveRedis> => startLive(engine, request);

export type LiveCell = Cell<RedisOptions>;
export const openCell = (target: Target, options: RedisOptions): Promise<LiveCell> =>
  Cell.open<RedisOptions>(engine, target, options);
