import type { Target } from '../../../engines/engine.ts';
import engine from '../../../engines/nats/engine.ts';
import type { NatsOptions } from '../../../engines/nats/options.ts';
import { LiveCell as Cell } from '../live-cell.ts';

export { numbered, outgoing, Recorded, type Result, until } from '../live-cell.ts';

export type LiveCell = Cell<NatsOptions>;
export const LiveCell = {
  open: (target: Target, options: NatsOptions, deliveries?: number): Promise<LiveCell> =>
    Cell.open<NatsOptions>(engine, target, options, deliveries),
};
