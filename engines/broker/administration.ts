import { invariant } from '../../harness/core/errors.ts';
import { AdminLink } from '../embedded/admin-link.ts';
import type { ExchangeSpec } from '../embedded/broker/exchange.ts';
import {
  type DeclaredQueue,
  readDeclaredQueue,
  writeBindingSpec,
  writeExchangeSpec,
  writeQueueSpec,
} from '../embedded/protocol/broker-specs.ts';
import { beginRequest } from '../embedded/protocol/frame.ts';
import { Api } from '../embedded/protocol/protocol.ts';
import type {
  Administration,
  Backlog,
  BindingSpec,
  Deployed,
  Target,
  Topology,
  TopologyChange,
} from '../engine.ts';
import { refuseUndeclared } from '../topology-needs.ts';
import { bindingsOf, exchangesInWords } from './bindings.ts';
import { exchangesOf, queueOf, queuesOf, settingsOf } from './deployment.ts';
import type { BrokerOptions } from './options.ts';
import { lengthAndAgeOf, limitsOf, queueSpecOf } from './queue-specs.ts';
import { traits } from './traits.ts';

export class BrokerAdministration implements Administration {
  readonly #link: AdminLink;
  readonly #options: BrokerOptions;

  constructor(target: Target, options: BrokerOptions) {
    this.#options = options;
    this.#link = new AdminLink(target.address, 'broker', options.requestTimeoutMs);
  }

  /**
   * A destination is an exchange, a subscription a queue of its own: bound to all of a topic exchange, or as the
   * topology says.
   */
  async apply(topology: Topology): Promise<Deployed> {
    refuseUndeclared(topology, traits(this.#options).capabilities);
    const exchanges = await this.#declareExchanges(topology);
    const queues: DeclaredQueue[] = [];
    for (const subscription of topology.subscriptions) {
      const spec = queueSpecOf(topology, subscription, exchanges, this.#options);
      const request = writeQueueSpec(beginRequest(Api.declareQueue), spec);
      queues.push(readDeclaredQueue(await this.#link.call(request)));
    }
    const destinations = topology.destinations.map((spec) => ({ ...spec, scopes: 1 }));
    const deployed = {
      topology: { ...topology, destinations },
      effective: [
        ...new Set(exchangesInWords(topology)),
        ...(await this.#effective(queues)),
        ...lengthAndAgeOf(this.#options),
        ...limitsOf(topology),
      ],
      settings: settingsOf(
        exchanges,
        queues.map(({ queue }) => queue),
      ),
    };
    for (const binding of bindingsOf(topology)) {
      await this.topologyChange.bind(deployed, binding);
    }
    return deployed;
  }

  readonly topologyChange: TopologyChange = {
    bind: (deployed, binding) => this.#change(Api.bind, deployed, binding),
    unbind: (deployed, binding) => this.#change(Api.unbind, deployed, binding),
  };

  async backlog(deployed: Deployed, subscription: number): Promise<Backlog> {
    const queue = queueOf(deployed, subscription);
    const answer = await this.#link.call(beginRequest(Api.queueDepth).u32(queue));
    return { by: 'exact-depth', ready: answer.u64(), inFlight: answer.u64() };
  }

  async remove(deployed: Deployed): Promise<void> {
    for (const queue of queuesOf(deployed)) {
      await this.#link.call(beginRequest(Api.dropQueue).u32(queue));
    }
    for (const exchange of exchangesOf(deployed)) {
      await this.#link.call(beginRequest(Api.deleteExchange).u32(exchange));
    }
  }

  async close(): Promise<void> {
    this.#link.close();
  }

  /** An alternate exchange is there before the one that names it. */
  async #declareExchanges({ destinations }: Topology): Promise<readonly number[]> {
    const exchanges: number[] = [];
    const declare = async (index: number): Promise<number> => {
      const known = exchanges[index];
      if (known !== undefined) return known;
      const destination = destinations[index];
      invariant(destination !== undefined, `no destination ${index}`);
      const { name, routing } = destination;
      const other = routing?.alternate;
      const alternate = other === undefined ? undefined : await declare(other);
      const spec: ExchangeSpec = { name, kind: routing?.by ?? 'topic', alternate };
      const request = writeExchangeSpec(beginRequest(Api.declareExchange), spec);
      const exchange = (await this.#link.call(request)).u32();
      exchanges[index] = exchange;
      return exchange;
    };
    for (const index of destinations.keys()) await declare(index);
    return exchanges;
  }

  async #change(
    api: typeof Api.bind | typeof Api.unbind,
    deployed: Deployed,
    { subscription, ...binding }: BindingSpec,
  ): Promise<void> {
    const { destination = -1 } = deployed.topology.subscriptions[subscription] ?? {};
    const exchange = exchangesOf(deployed)[destination];
    invariant(exchange !== undefined, `no destination ${destination}`);
    const request = beginRequest(api).u32(exchange).u32(queueOf(deployed, subscription));
    await this.#link.call(writeBindingSpec(request, binding));
  }

  async #effective([queue]: readonly DeclaredQueue[]): Promise<readonly string[]> {
    const { acknowledgement, persistent, mandatory, prefetch, confirms } = this.#options;
    const wished = this.#options;
    const { replicas, minInSync } = queue ?? { replicas: 1, minInSync: 1 };
    const { fsync } = await this.#link.hello();
    const manual = acknowledgement === 'manual';
    return [
      `messages: ${persistent ? 'persistent' : 'transient'}${mandatory ? ', mandatory' : ''}`,
      ...(this.#options.singleActive ? ['consumers: one is active at a time'] : []),
      manual ? `acknowledged one by one, prefetch: ${prefetch}` : 'settled when handed out',
      `confirmed by: the ${confirms === 'majority' ? 'in-sync replicas, a majority' : 'leader'}`,
      `replicas: ${wished.replicas}, effective: ${replicas} replica${replicas === 1 ? '' : 's'}`,
      `min in-sync: ${wished.minInSync}, effective: ${minInSync}`,
      `fsync: ${fsync}`,
    ];
  }
}
