import { AckmarkError } from '../../harness/core/errors.ts';
import { AdminLink } from '../embedded/admin-link.ts';
import { beginRequest } from '../embedded/protocol/frame.ts';
import { Api } from '../embedded/protocol/protocol.ts';
import { writeAttributes } from '../embedded/protocol/queue-attributes.ts';
import type { Administration, Backlog, Deployed, Target, Topology } from '../engine.ts';
import type { QueueOptions } from './options.ts';
import { queueRead, queueSetting, queuesOf } from './queues.ts';

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
      const request = writeAttributes(beginRequest(Api.createQueue).text(name), this.#options);
      const created = await this.#link.call(request);
      settings[queueSetting(index)] = String(created.u32());
    }
    const { fsync } = await this.#link.hello();
    const { receive, leaseMs, order, deduplication, delayMs, disorder } = this.#options;
    const destinations = topology.destinations.map((spec) => ({ ...spec, scopes: 1 }));
    return {
      topology: { ...topology, destinations },
      effective: [
        receive === 'lease' ? `lease: ${leaseMs} ms` : 'deleted on receive',
        ...(order === 'message-groups' ? ['FIFO within message groups'] : []),
        ...(deduplication.by === 'nothing'
          ? []
          : [`deduplication by ${deduplication.by}: ${deduplication.windowMs} ms`]),
        ...(disorder.kind === 'none'
          ? []
          : [
              `late: ${disorder.latePermille} ‰, passed by ${disorder.passedByMost} at most`,
              `deletions forgotten: ${disorder.undeletedPermille} ‰`,
            ]),
        ...(delayMs > 0 ? [`delay: ${delayMs} ms`] : []),
        'replicas: 1',
        `fsync: ${fsync}`,
      ],
      settings,
    };
  }

  async backlog(deployed: Deployed, subscription: number): Promise<Backlog> {
    const queue = queueRead(deployed, subscription);
    const answer = await this.#link.call(beginRequest(Api.depth).u32(queue));
    return { by: 'exact-depth', ready: answer.u64(), inFlight: answer.u64() };
  }

  async remove(deployed: Deployed): Promise<void> {
    for (const queue of queuesOf(deployed)) {
      await this.#link.call(beginRequest(Api.deleteQueue).u32(queue));
    }
  }

  async close(): Promise<void> {
    this.#link.close();
  }
}
