import { AckmarkError } from '../../harness/core/errors.ts';
import { AdminLink } from '../embedded/admin-link.ts';
import { beginRequest } from '../embedded/protocol/frame.ts';
import { Api } from '../embedded/protocol/protocol.ts';
import { type QueueAttributes, writeAttributes } from '../embedded/protocol/queue-attributes.ts';
import type { Administration, Backlog, Deployed, Target, Topology } from '../engine.ts';
import { attributesOf, deadLetterAttributesOf, effectsOf } from './attributes.ts';
import type { QueueOptions } from './options.ts';
import {
  deadLetterQueuesOf,
  deadLetterSetting,
  queueRead,
  queueSetting,
  queuesOf,
} from './queues.ts';

export class QueueAdministration implements Administration {
  readonly #link: AdminLink;
  readonly #options: QueueOptions;

  constructor(target: Target, options: QueueOptions) {
    this.#options = options;
    this.#link = new AdminLink(target.address, 'queue', options.requestTimeoutMs);
  }

  /** A destination is a queue, and its one subscription reads it. */
  async apply(topology: Topology): Promise<Deployed> {
    const read = topology.subscriptions.map(({ destination }) => destination);
    if (new Set(read).size !== read.length) {
      throw new AckmarkError(
        'USAGE',
        'two subscriptions of one queue would take each other’s messages',
        {
          hint: 'Give every subscription a destination of its own.',
        },
      );
    }
    const settings: Record<string, string> = {};
    for (const [index, { name }] of topology.destinations.entries()) {
      const dead = await this.#createDeadLetters(name);
      if (dead !== undefined) settings[deadLetterSetting(index)] = String(dead);
      const queue = await this.#create(name, attributesOf(this.#options, dead));
      settings[queueSetting(index)] = String(queue);
    }
    const { fsync } = await this.#link.hello();
    const destinations = topology.destinations.map((spec) => ({ ...spec, scopes: 1 }));
    return {
      topology: { ...topology, destinations },
      effective: [...effectsOf(this.#options), 'replicas: 1', `fsync: ${fsync}`],
      settings,
    };
  }

  async backlog(deployed: Deployed, subscription: number): Promise<Backlog> {
    const queue = queueRead(deployed, subscription);
    const answer = await this.#link.call(beginRequest(Api.depth).u32(queue));
    return { by: 'exact-depth', ready: answer.u64(), inFlight: answer.u64() };
  }

  async remove(deployed: Deployed): Promise<void> {
    // A queue that takes dead letters stays as long as another sends it some.
    for (const queue of [...queuesOf(deployed), ...deadLetterQueuesOf(deployed)]) {
      await this.#link.call(beginRequest(Api.deleteQueue).u32(queue));
    }
  }

  async close(): Promise<void> {
    this.#link.close();
  }

  async #create(name: string, attributes: QueueAttributes): Promise<number> {
    const request = writeAttributes(beginRequest(Api.createQueue).text(name), attributes);
    return (await this.#link.call(request)).u32();
  }

  async #createDeadLetters(of: string): Promise<number | undefined> {
    if (this.#options.deadLetters.kind === 'none') return undefined;
    return this.#create(`${of}-dead-letters`, deadLetterAttributesOf(this.#options));
  }
}
