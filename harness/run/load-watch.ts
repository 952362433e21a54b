import type { BrokerNode } from '../../engines/provisioner.ts';
import { processTreeRssBytes, rssBytes } from '../measure/process-cpu.ts';
import type { Utilization } from '../measure/saturation.ts';
import { busyShare, type CoreTimes, coreTimes } from '../measure/machine-cpu.ts';
import { ThreadWatch } from '../measure/thread-watch.ts';
import { proc } from './proc.ts';
import type { Stage } from './stage.ts';

/** Between two looks: ten a second tell a tenth of the time apart in a few seconds and cost next to nothing. */
const lookMs = 100;

/** How often it is looked how much memory is in use: a walk through every process of a broker. */
const looksToMemory = 10;

export interface BrokerUse extends Omit<Utilization, 'clientThread'> {
  /** The most that was in use, in bytes, of each node that was started here; undefined where it cannot be read. */
  readonly brokerRssBytes: readonly (number | undefined)[];
  /** The same of this process, which has the clients' threads, too. */
  readonly processRssBytes: number | undefined;
  /** CPU of this thread that the looks took. */
  readonly samplingMicros: number;
}

/** How busy the brokers that were started here and the machine are while a timed cell is under load. */
export interface LoadWatch {
  /** What was seen since the beginning; ends the watch, and may be called again. */
  stop(): BrokerUse;
}

export function watchLoad(stage: Stage): LoadWatch {
  const { clock, threadCpuMicros } = stage.environment;
  const { access } = stage.live;
  const isTimed = stage.cell.scenario.kind === 'timed';
  const nodes = isTimed && access.kind === 'started' ? access.nodes : [];
  const watches = nodes.map((node) => new ThreadWatch(node.pid(), proc));
  const memory = new MemoryWatch(nodes);
  let samplingMicros = 0;
  let looks = 0;
  const look = (): void => {
    const beganMicros = threadCpuMicros();
    for (const watch of watches) watch.look(clock.nowNs());
    if (isTimed && looks % looksToMemory === 0) memory.look();
    looks += 1;
    samplingMicros += threadCpuMicros() - beganMicros;
  };
  const first = coresNow();
  look();
  const timer = setInterval(look, lookMs);
  let use: BrokerUse | undefined;
  return {
    stop: () => {
      clearInterval(timer);
      if (use !== undefined) return use;
      looks = 0;
      look();
      const seen = watches.flatMap((watch) => watch.use() ?? []);
      use = {
        brokerThread: greatest(seen.map(({ busiestThread }) => busiestThread)),
        brokerDisk: greatest(seen.map(({ diskWait }) => diskWait)),
        machine: busyShare(first, coresNow()),
        brokerRssBytes: memory.brokers(),
        processRssBytes: memory.ownBytes,
        samplingMicros,
      };
      return use;
    },
  };
}

/** The most memory that anybody was seen to have in use. */
class MemoryWatch {
  readonly #nodes: readonly BrokerNode[];
  readonly #brokers: (number | undefined)[];
  ownBytes: number | undefined;

  constructor(nodes: readonly BrokerNode[]) {
    this.#nodes = nodes;
    this.#brokers = nodes.map(() => undefined);
  }

  look(): void {
    this.ownBytes = more(this.ownBytes, rssBytes('self', proc));
    for (const [at, node] of this.#nodes.entries()) {
      this.#brokers[at] = more(this.#brokers[at], processTreeRssBytes(node.pid(), proc));
    }
  }

  brokers(): readonly (number | undefined)[] {
    return this.#brokers;
  }
}

function more(sofar: number | undefined, now: number | undefined): number | undefined {
  return sofar === undefined || now === undefined ? (now ?? sofar) : Math.max(sofar, now);
}

function coresNow(): CoreTimes | undefined {
  return coreTimes(proc);
}

function greatest(shares: readonly number[]): number | undefined {
  return shares.length === 0 ? undefined : Math.max(...shares);
}
