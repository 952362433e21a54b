import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine, Environment, Target } from '../../engines/engine.ts';
import type {
  BrokerNode,
  ControllerNode,
  Provisioned,
  ProvisionHost,
} from '../../engines/provisioner.ts';
import { AckmarkError } from '../core/errors.ts';
import type { Clock } from '../core/clock.ts';
import type { AddedLatency } from '../fault/added-latency.ts';
import { openProxies, type ProxyGroup } from '../fault/proxy.ts';
import type { PlannedEngine } from '../plan/cell.ts';
import { openNodeNetworks, type PartableNetworks } from '../provision/node-networks.ts';

/** A target that cells can use: reached directly, or through the fault proxy where we started it. */
export interface LiveTarget {
  readonly direct: Target;
  /** Which of those that this run started, from 1; null: it was not started here. */
  readonly number: number | null;
  readonly access:
    | { readonly kind: 'external' }
    | {
        readonly kind: 'started';
        readonly proxied: Target;
        readonly proxies: ProxyGroup;
        readonly nodes: readonly BrokerNode[];
        /** Until it answered; fetching it comes before. */
        readonly startedInMs: number;
        readonly directory: string;
        /** None where there is one alone, or the nodes elect leaders themselves. */
        readonly controllers: readonly ControllerNode[];
        /** In which they are, one each by their order; undefined: all share that of this machine. */
        readonly networks: PartableNetworks | undefined;
        /** What a round trip through the proxy costs more than a direct one; measured once, when asked. */
        addedLatency(): Promise<AddedLatency>;
      };
  down(): Promise<void>;
}

export function externalTarget(engine: Engine, url: string, environment: Environment): LiveTarget {
  if (engine.external === undefined) {
    throw new AckmarkError('USAGE', `${engine.id} cannot use a system elsewhere`, {
      hint: 'Leave --target out to start one here.',
    });
  }
  return {
    direct: engine.external(url, environment),
    number: null,
    access: { kind: 'external' },
    down: () => Promise.resolve(),
  };
}

/** Starts a target with its fault proxy; on failure nothing of it is left. */
export async function startTarget(
  planned: Omit<PlannedEngine, 'isLight'> & { readonly target: { readonly kind: 'started' } },
  engine: Engine,
  directory: string,
  host: ProvisionHost,
  clock: Clock,
  number: number,
): Promise<LiveTarget> {
  const choice = planned.target;
  const load = engine.provisioners[choice.provisioner];
  if (load === undefined) {
    throw new AckmarkError('USAGE', `${engine.id} has no target ${choice.provisioner}`, {
      hint: `It has ${Object.keys(engine.provisioners).join(', ')}.`,
    });
  }
  const provisioner = await load();
  mkdirSync(join(directory, 'data'), { recursive: true });
  await provisioner.fetch(host);
  const proxies = await openProxies(choice.nodes, engine.wire);
  let networks: PartableNetworks | undefined;
  let provisioned: Provisioned | undefined;
  const beginNs = clock.nowNs();
  try {
    if (choice.networks === 'own') {
      networks = await openNodeNetworks(host, directory, choice.nodes + 1);
    }
    provisioned = await provisioner.up(host, {
      nodes: choice.nodes,
      settings: planned.settings,
      directory: join(directory, 'data'),
      proxies: proxies.proxies.map((proxy) => proxy.endpoint),
      ...(networks === undefined ? {} : { networks }),
      ...(choice.controllers === undefined ? {} : { controllers: choice.controllers }),
    });
    for (const [index, upstream] of provisioned.upstreams.entries()) {
      await proxies.proxies[index]?.forwardTo(upstream);
    }
  } catch (error) {
    await provisioned?.down();
    await proxies.close();
    await networks?.close();
    throw error;
  }
  const startedInMs = (clock.nowNs() - beginNs) / 1e6;
  return startedTarget({ provisioned, proxies, networks, directory, startedInMs, number }, clock);
}

interface Started {
  readonly provisioned: Provisioned;
  readonly proxies: ProxyGroup;
  readonly networks: PartableNetworks | undefined;
  readonly directory: string;
  readonly startedInMs: number;
  readonly number: number;
}

function startedTarget(
  { provisioned, proxies, networks, directory, startedInMs, number }: Started,
  clock: Clock,
): LiveTarget {
  let added: Promise<AddedLatency> | undefined;
  return {
    direct: provisioned.target,
    number,
    access: {
      kind: 'started',
      proxied: provisioned.proxied,
      proxies,
      nodes: provisioned.nodes,
      startedInMs,
      directory,
      controllers: provisioned.controllers ?? [],
      networks,
      addedLatency: () => {
        added ??= proxies.measureAddedLatency(clock);
        return added;
      },
    },
    down: async () => {
      await provisioned.down();
      await proxies.close();
      await networks?.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
