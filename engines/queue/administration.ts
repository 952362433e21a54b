import { AdminLink } from '../embedded/admin-link.ts';
import { beginRequest } from '../embedded/protocol/frame.ts';
import { writeFilter } from '../embedded/protocol/message-filter.ts';
import { Api } from '../embedded/protocol/protocol.ts';
import { type QueueAttributes, writeAttributes } from '../embedded/protocol/queue-attributes.ts';
import type {
  Administration,
  Backlog,
  Deployed,
  DestinationSpec,
  Target,
  Topology,
} from '../engine.ts';
import { attributesOf, deadLetterAttributesOf, effectsOf } from './attributes.ts';
import type { QueueOptions } from './options.ts';
import {
  deadLetterSetting,
  everythingOf,
  queueRead,
  queueSetting,
  readersOf,
  subscriptionSetting,
} from './queues.ts';

export class QueueAdministration implements Administration {
  readonly #link: AdminLink;
  readonly #options: QueueOptions;

  constructor(target: Target, options: QueueOptions) {
    this.#options = options;
    this.#link = new AdminLink(target.address, 'queue', options.requestTimeoutMs);
  }

  /** A destination is a queue that its subscription reads, or a topic of as many queues as read it. */
  async apply(topology: Topology): Promise<Deployed> {
    const settings: Record<string, string> = {};
    const destinations: DestinationSpec[] = [];
    for (const [index, spec] of topology.destinations.entries()) {
      const readers = readersOf(topology, index);
      destinations.push({ ...spec, scopes: Math.max(1, readers.length) });
      const makes = readers.length > 1 ? this.#fanOut(spec.name, readers) : this.#queue(spec.name);
      const { id, ...made } = await makes;
      settings[queueSetting(index)] = String(id);
      Object.assign(settings, made.settings);
    }
    const { fsync } = await this.#link.hello();
    return {
      topology: { ...topology, destinations },
      effective: [...effectsOf(this.#options), 'replicas: 1', `fsync: ${fsync}`],
      settings,
    };
  }

  async backlog(deployed: Deployed, subscription: number): Promise<Backlog> {
    const { id } = queueRead(deployed, subscription);
    const answer = await this.#link.call(beginRequest(Api.depth).u32(id));
    return { by: 'exact-depth', ready: answer.u64(), inFlight: answer.u64() };
  }

  async remove(deployed: Deployed): Promise<void> {
    for (const queue of everythingOf(deployed)) {
      await this.#link.call(beginRequest(Api.deleteQueue).u32(queue));
    }
  }

  async close(): Promise<void> {
    this.#link.close();
  }

  /** With a queue for its dead letters beside it, where the options ask for one. */
  async #queue(name: string): Promise<Made> {
    if (this.#options.deadLetters.kind === 'none') {
      return { id: await this.#create(name, attributesOf(this.#options, undefined)), settings: {} };
    }
    const dead = await this.#create(`${name}-dead-letters`, deadLetterAttributesOf(this.#options));
    const id = await this.#create(name, attributesOf(this.#options, dead));
    return { id, settings: { [deadLetterSetting(id)]: String(dead) } };
  }

  async #fanOut(name: string, readers: readonly number[]): Promise<Made> {
    const topic = (await this.#link.call(beginRequest(Api.createFanOut).text(name))).u32();
    const settings: Record<string, string> = {};
    for (const subscription of readers) {
      const queue = await this.#queue(`${name}-${subscription}`);
      Object.assign(settings, queue.settings);
      settings[subscriptionSetting(subscription)] = String(queue.id);
      const attached = beginRequest(Api.attachQueue).u32(topic).u32(queue.id);
      await this.#link.call(writeFilter(attached, []));
    }
    return { id: topic, settings };
  }

  async #create(name: string, attributes: QueueAttributes): Promise<number> {
    const request = writeAttributes(beginRequest(Api.createQueue).text(name), attributes);
    return (await this.#link.call(request)).u32();
  }
}

interface Made {
  readonly id: number;
  /** Of `Deployed`. */
  readonly settings: Readonly<Record<string, string>>;
}
