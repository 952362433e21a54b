import { Consumer as ClientConsumer } from '@platformatic/kafka';
import type { Delivery, Target } from '../engine.ts';
import { baseOptions, keepErrorsFromThrowing, within } from './connection.ts';
import { Membership } from './membership.ts';
import { isolationLevel, type KafkaOptions } from './options.ts';
import { readRecords } from './records.ts';

const fetchBytes = 1024 * 1024;
const closeMs = 2_000;
/** Offsets looked at before giving up on finding a record: each step back doubles. */
const widest = 1n << 30n;

/**
 * Finds where a reader of transactions really ends: they leave markers at the end of a log that no consumer is ever
 * given, and aborted records that one of committed records is not, so that the log's own end would never be reached.
 */
export class LastReadable {
  readonly #target: Target;
  readonly #options: KafkaOptions;
  #client: ClientConsumer | undefined;

  constructor(target: Target, options: KafkaOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** The position after the last readable record before `end`; 0 when there is none. */
  async endBefore(topic: string, partition: number, end: bigint): Promise<bigint> {
    if (end === 0n) return 0n;
    for (let back = 1n; back <= widest; back *= 4n) {
      const from = end > back ? end - back : 0n;
      const found = await this.#lastIn(topic, partition, from, end);
      if (found !== undefined) return found + 1n;
      if (from === 0n) return 0n;
    }
    return 0n;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) {
      await within(client.close(true), closeMs, 'closing').catch(() => undefined);
    }
  }

  async #lastIn(
    topic: string,
    partition: number,
    from: bigint,
    end: bigint,
  ): Promise<bigint | undefined> {
    let last: bigint | undefined;
    for (let at = from; at < end; ) {
      const { next, read } = await this.#read(topic, partition, at);
      const latest = read.at(-1)?.place?.position.major;
      if (latest !== undefined) last = BigInt(latest);
      // Records deleted meanwhile leave nothing to read up to `end`.
      if (next <= at) break;
      at = next;
    }
    return last;
  }

  async #read(
    topic: string,
    partition: number,
    from: bigint,
  ): Promise<{ readonly next: bigint; readonly read: readonly Delivery[] }> {
    const client = this.#reader(topic);
    const metadata = await client.metadata({ topics: [topic] });
    const known = metadata.topics.get(topic);
    const response = await client.fetch({
      node: known?.partitions[partition]?.leader ?? -1,
      isolationLevel: isolationLevel(this.#options),
      minBytes: 1,
      maxWaitTime: this.#options.fetchMaxWaitMs,
      maxBytes: fetchBytes,
      topics: [
        {
          topicId: known?.id ?? '',
          partitions: [
            {
              partition,
              fetchOffset: from,
              partitionMaxBytes: fetchBytes,
              currentLeaderEpoch: -1,
              lastFetchedEpoch: -1,
            },
          ],
        },
      ],
    });
    const into: Delivery[] = [];
    const membership = new Membership({
      groupId: '',
      memberId: '',
      generationId: -1,
      coordinatorId: -1,
      topic,
      firstScope: 0,
      partitions: [partition],
    });
    const committedOnly = this.#options.isolation === 'read-committed';
    let next = from;
    for (const one of response.responses.flatMap(({ partitions }) => partitions)) {
      if (one.partitionIndex !== partition) continue;
      next = readRecords(one, from, { membership, requestedNs: 0, committedOnly, into });
    }
    return { next, read: into };
  }

  /** Never joins its group: it only fetches. */
  #reader(topic: string): ClientConsumer {
    if (this.#client === undefined) {
      this.#client = new ClientConsumer({
        ...baseOptions(this.#target, this.#options, 'ackmark-end-reader'),
        retries: 20,
        retryDelay: 100,
        groupId: 'ackmark-end-reader',
        autocommit: false,
      });
      keepErrorsFromThrowing(this.#client, () => undefined);
    }
    if (!this.#client.topics.has(topic)) this.#client.topics.track(topic);
    return this.#client;
  }
}
