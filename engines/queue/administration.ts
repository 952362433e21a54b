import { AdminLink } from '../embedded/admin-link.ts';
import { beginRequest } from '../embedded/protocol/frame.ts';
import { writeFilter } from '../embedded/protocol/message-filter.ts';
import { Api } from '../embedded/protocol/protocol.ts';
import { readIds, writeRedrive } from '../embedded/protocol/queue-messages.ts';
import { type QueueAttributes, writeAttributes } from '../embedded/protocol/queue-attributes.ts';
import type { Administration, Backlog, Deployed, Place, Target, Topology } from '../engine.ts';
import { attributesOf, deadLetterAttributesOf, effectsOf } from './attributes.ts';
import { limitsOf, refuseBadLimits } from './limits.ts';
import { refuseUndeclared } from '../topology-needs.ts';
import type { QueueOptions } from './options.ts';
import {
  deadLetterDestinationsOf,
  everythingOf,
  queueRead,
  queuesOf,
  queueSetting,
  readersOf,
  scopesOf,
  subscriptionSetting,
} from './queues.ts';
import { traits } from './traits.ts';

/** Messages of one call; there are as many calls as it takes. */
const redriveMost = 1_000;

export class QueueAdministration implements Administration {
  readonly #link: AdminLink;
  readonly #options: QueueOptions;
  readonly redrive?: NonNullable<Administration['redrive']>;

  constructor(target: Target, options: QueueOptions) {
    this.#options = options;
    this.#link = new AdminLink(target.address, 'queue', options.requestTimeoutMs);
    if (options.deadLetters === 'queue') {
      this.redrive = (deployed, subscription) => this.#redrive(deployed, subscription);
    }
  }

  /** A destination is a queue that its subscription reads, or a topic of as many queues as read it. */
  async apply(topology: Topology): Promise<Deployed> {
    refuseUndeclared(topology, traits(this.#options).capabilities);
    refuseBadLimits(topology);
    const settings: Record<string, string> = {};
    const takers = new Set(deadLetterDestinationsOf(topology));
    // A queue for dead letters is there before the queues that send it some.
    const order = [...topology.destinations.keys()].toSorted(
      (a, b) => Number(takers.has(b)) - Number(takers.has(a)),
    );
    for (const index of order) Object.assign(settings, await this.#make(topology, index, settings));
    const { fsync } = await this.#link.hello();
    const destinations = topology.destinations.map((spec, index) => ({
      ...spec,
      scopes: scopesOf(topology, index),
    }));
    return {
      topology: { ...topology, destinations },
      effective: [
        ...effectsOf(this.#options),
        ...limitsOf(topology),
        'replicas: 1',
        `fsync: ${fsync}`,
      ],
      settings,
    };
  }

  async backlog(deployed: Deployed, subscription: number): Promise<Backlog> {
    const { id } = queueRead(deployed, subscription);
    const answer = await this.#link.call(beginRequest(Api.depth).u32(id));
    return { by: 'exact-depth', ready: answer.u64(), inFlight: answer.u64() };
  }

  async #redrive(deployed: Deployed, subscription: number): Promise<readonly Place[]> {
    const taker = deployed.topology.subscriptions[subscription]?.deliveryLimit?.deadLetters;
    const from = queuesOf(deployed)[taker ?? -1];
    if (from === undefined) return [];
    const { id: to, scope } = queueRead(deployed, subscription);
    const places: Place[] = [];
    for (;;) {
      const request = writeRedrive(beginRequest(Api.redrive), { from, to, most: redriveMost });
      const ids = readIds(await this.#link.call(request));
      if (ids.length === 0) return places;
      places.push(...ids.map((major) => ({ scope, position: { major, minor: 0 } })));
    }
  }

  async remove(deployed: Deployed): Promise<void> {
    for (const queue of everythingOf(deployed)) {
      await this.#link.call(beginRequest(Api.deleteQueue).u32(queue));
    }
  }

  async close(): Promise<void> {
    this.#link.close();
  }

  /** @param made settings of what is there already */
  async #make(topology: Topology, index: number, made: Settings): Promise<Settings> {
    const name = topology.destinations[index]?.name ?? '';
    const readers = readersOf(topology, index);
    if (readers.length > 1) return this.#fanOut(name, index, topology, made);
    const id = await this.#create(name, this.#attributes(topology, readers[0], made));
    return { [queueSetting(index)]: String(id) };
  }

  async #fanOut(
    name: string,
    index: number,
    topology: Topology,
    made: Settings,
  ): Promise<Settings> {
    const topic = (await this.#link.call(beginRequest(Api.createFanOut).text(name))).u32();
    const settings: Record<string, string> = { [queueSetting(index)]: String(topic) };
    for (const subscription of readersOf(topology, index)) {
      const attributes = this.#attributes(topology, subscription, made);
      const queue = await this.#create(`${name}-${subscription}`, attributes);
      settings[subscriptionSetting(subscription)] = String(queue);
      const attached = beginRequest(Api.attachQueue).u32(topic).u32(queue);
      await this.#link.call(writeFilter(attached, []));
    }
    return settings;
  }

  #attributes(topology: Topology, reader: number | undefined, made: Settings): QueueAttributes {
    const { subscriptions } = topology;
    const { destination = -1, deliveryLimit } = subscriptions[reader ?? -1] ?? {};
    if (deadLetterDestinationsOf(topology).includes(destination)) {
      return deadLetterAttributesOf(this.#options);
    }
    if (deliveryLimit?.deadLetters === undefined) {
      return attributesOf(this.#options, { kind: 'none' });
    }
    const queue = Number(made[queueSetting(deliveryLimit.deadLetters)]);
    return attributesOf(this.#options, {
      kind: 'queue',
      queue,
      maxReceives: deliveryLimit.deliveries,
    });
  }

  async #create(name: string, attributes: QueueAttributes): Promise<number> {
    const request = writeAttributes(beginRequest(Api.createQueue).text(name), attributes);
    return (await this.#link.call(request)).u32();
  }
}

/** Of `Deployed`. */
type Settings = Readonly<Record<string, string>>;
