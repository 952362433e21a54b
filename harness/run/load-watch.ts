import type { Utilization } from '../measure/saturation.ts';
import { busyShare, type CoreTimes, coreTimes } from '../measure/machine-cpu.ts';
import { ThreadWatch } from '../measure/thread-watch.ts';
import { proc } from './proc.ts';
import type { Stage } from './stage.ts';

/** Between two looks: ten a second tell a tenth of the time apart in a few seconds and cost next to nothing. */
const lookMs = 100;

export type BrokerUse = Omit<Utilization, 'clientThread'>;

/** How busy the brokers that were started here and the machine are while a timed cell is under load. */
export interface LoadWatch {
  /** What was seen since the beginning; ends the watch, and may be called again. */
  stop(): BrokerUse;
}

export function watchLoad(stage: Stage): LoadWatch {
  const { clock } = stage.environment;
  const { access } = stage.live;
  const isWatched = stage.cell.scenario.kind === 'timed' && access.kind === 'started';
  const nodes = isWatched ? access.nodes : [];
  const watches = nodes.map((node) => new ThreadWatch(node.pid(), proc));
  const look = (): void => {
    for (const watch of watches) watch.look(clock.nowNs());
  };
  const first = coresNow();
  look();
  const timer = setInterval(look, lookMs);
  let use: BrokerUse | undefined;
  return {
    stop: () => {
      clearInterval(timer);
      if (use !== undefined) return use;
      look();
      const seen = watches.flatMap((watch) => watch.use() ?? []);
      use = {
        brokerThread: greatest(seen.map(({ busiestThread }) => busiestThread)),
        brokerDisk: greatest(seen.map(({ diskWait }) => diskWait)),
        machine: busyShare(first, coresNow()),
      };
      return use;
    },
  };
}

function coresNow(): CoreTimes | undefined {
  return coreTimes(proc);
}

function greatest(shares: readonly number[]): number | undefined {
  return shares.length === 0 ? undefined : Math.max(...shares);
}
