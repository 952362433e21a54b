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
import type { Administration, Backlog, Deployed, Target, Topology } from '../engine.ts';
import { refuseUndeclared } from '../topology-needs.ts';
import { exchangesOf, exchangeSetting, queueOf, queueSetting, queuesOf } from './deployment.ts';
import type { BrokerOptions } from './options.ts';
import { limitsOf, queueSpecOf } from './queue-specs.ts';
import { traits } from './traits.ts';

const everything = { key: '#', match: 'all', headers: {} } as const;

export class BrokerAdministration implements Administration {
  readonly #link: AdminLink;
  readonly #options: BrokerOptions;

  constructor(target: Target, options: BrokerOptions) {
    this.#options = options;
    this.#link = new AdminLink(target.address, 'broker', options.requestTimeoutMs);
  }

  /** A destination is a topic exchange, a subscription a queue of its own that is bound to all of it. */
  async apply(topology: Topology): Promise<Deployed> {
    refuseUndeclared(topology, traits(this.#options).capabilities);
    const settings: Record<string, string> = {};
    const exchanges: number[] = [];
    const queues: DeclaredQueue[] = [];
    for (const [index, { name }] of topology.destinations.entries()) {
      const spec: ExchangeSpec = { name, kind: 'topic', alternate: undefined };
      const request = writeExchangeSpec(beginRequest(Api.declareExchange), spec);
      const exchange = (await this.#link.call(request)).u32();
      exchanges.push(exchange);
      settings[exchangeSetting(index)] = String(exchange);
    }
    for (const [index, subscription] of topology.subscriptions.entries()) {
      const { destination } = subscription;
      const exchange = exchanges[destination];
      invariant(exchange !== undefined, `no destination ${destination}`);
      const spec = queueSpecOf(subscription, exchanges, this.#options);
      const request = writeQueueSpec(beginRequest(Api.declareQueue), spec);
      const declared = readDeclaredQueue(await this.#link.call(request));
      const { queue } = declared;
      queues.push(declared);
      settings[queueSetting(index)] = String(queue);
      const binding = beginRequest(Api.bind).u32(exchange).u32(queue);
      await this.#link.call(writeBindingSpec(binding, everything));
    }
    const destinations = topology.destinations.map((spec) => ({ ...spec, scopes: 1 }));
    return {
      topology: { ...topology, destinations },
      effective: [...(await this.#effective(queues)), ...limitsOf(topology)],
      settings,
    };
  }

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

  async #effective([queue]: readonly DeclaredQueue[]): Promise<readonly string[]> {
    const { acknowledgement, persistent, mandatory, prefetch, confirms } = this.#options;
    const wished = this.#options;
    const { replicas, minInSync } = queue ?? { replicas: 1, minInSync: 1 };
    const { fsync } = await this.#link.hello();
    const manual = acknowledgement === 'manual';
    return [
      'exchange: topic, each queue bound to all of it',
      `messages: ${persistent ? 'persistent' : 'transient'}${mandatory ? ', mandatory' : ''}`,
      manual ? `acknowledged one by one, prefetch: ${prefetch}` : 'settled when handed out',
      `confirmed by: the ${confirms === 'majority' ? 'in-sync replicas, a majority' : 'leader'}`,
      `replicas: ${wished.replicas}, effective: ${replicas} replica${replicas === 1 ? '' : 's'}`,
      `min in-sync: ${wished.minInSync}, effective: ${minInSync}`,
      `fsync: ${fsync}`,
    ];
  }
}
