import type { FsyncPolicy } from '../../../engines/embedded/journal/journal.ts';
import type { ProducerIdentity, TransactionEnd } from '../../../engines/embedded/log/entries.ts';
import type { FetchedBatch } from '../../../engines/embedded/log/fetches.ts';
import type { LogBroker } from '../../../engines/embedded/log/log-broker.ts';
import type { Isolation, Partition } from '../../../engines/embedded/log/partition.ts';
import { BatchView, encodeBatch } from '../../../engines/embedded/protocol/batch.ts';
import { Status, statusName } from '../../../engines/embedded/protocol/protocol.ts';
import { keepEverything } from '../../../engines/embedded/log/topic-policy.ts';
import { logBrokerOn } from './broker-on.ts';
import type { MemoryStorage } from './memory-storage.ts';

const topic = 1;
const group = 'g';

/** A log with one topic, whose answers come at once, in words. */
export class TransactionBench {
  readonly broker: LogBroker;
  readonly #storage: MemoryStorage;
  readonly #partitions: number;
  readonly #sequences = new Map<string, number>();
  #session = 1000;

  constructor(storage: MemoryStorage, partitions = 1, fsync: FsyncPolicy = { kind: 'never' }) {
    this.#storage = storage;
    this.#partitions = partitions;
    this.broker = logBrokerOn(storage, fsync);
    if (this.broker.topics.get(topic) === undefined) {
      this.broker.topics.create('t', partitions, keepEverything, () => {});
    }
  }

  restart(fsync?: FsyncPolicy): TransactionBench {
    const again = new TransactionBench(this.#storage, this.#partitions, fsync);
    for (const [key, sequence] of this.#sequences) again.#sequences.set(key, sequence);
    return again;
  }

  partition(which = 0): Partition {
    const partition = this.broker.topics.get(topic)?.partitions[which];
    if (partition === undefined) throw new Error(`no partition ${which}`);
    return partition;
  }

  init(transactionalId: string, timeoutMs = 10_000): ProducerIdentity {
    const answers: ProducerIdentity[] = [];
    this.broker.transactions.init(transactionalId, timeoutMs, (it) => answers.push(it));
    return only(answers);
  }

  /** @returns the offset, or the refusal's name */
  produce(
    identity: ProducerIdentity,
    body: string,
    { partition = 0, sequence }: { partition?: number; sequence?: number } = {},
  ): number | string {
    const key = `${identity.producer} ${identity.epoch} ${partition}`;
    const next = sequence ?? this.#sequences.get(key) ?? 0;
    const stamp = { ...identity, sequence: next };
    const answers: (number | string)[] = [];
    this.broker.produce(
      { topic, partition, acks: 'all', stamp, count: 1, batch: batchOf(body) },
      (answer) => {
        if (answer.status !== Status.ok) return answers.push(statusName[answer.status]);
        this.#sequences.set(key, next + 1);
        return answers.push(answer.baseOffset);
      },
    );
    // Where nothing is synced at once, there is no answer yet.
    return answers[0] ?? 'no answer';
  }

  /** Outside of any transaction. */
  plain(body: string, partition = 0): void {
    this.produce({ producer: 0, epoch: 0 }, body, { partition, sequence: 0 });
  }

  end(identity: ProducerIdentity, end: TransactionEnd): ProducerIdentity {
    return only(this.ending(identity, end));
  }

  ending(identity: ProducerIdentity, end: TransactionEnd): readonly ProducerIdentity[] {
    const answers: ProducerIdentity[] = [];
    this.broker.transactions.end(identity, end, (ended) => {
      if (ended.status !== Status.ok) throw new Error(ended.reason);
      answers.push(ended.next);
    });
    return answers;
  }

  endStatus(identity: ProducerIdentity, end: TransactionEnd): string {
    const answers: string[] = [];
    this.broker.transactions.end(identity, end, ({ status }) => answers.push(statusName[status]));
    return only(answers);
  }

  join(session: number): void {
    const manners = { protocol: 'eager', instance: undefined, sessionTimeoutMs: 60_000 } as const;
    this.broker.joinGroup(session, { group, topic, ...manners }, () => {}, 0);
  }

  leave(session: number): void {
    this.broker.disconnected(session, 0);
  }

  include(
    identity: ProducerIdentity,
    offset: number,
    {
      session = 1,
      generation = 1,
      partition = 0,
    }: { session?: number; generation?: number; partition?: number } = {},
  ): string {
    const offsets = [{ partition, offset }];
    const member = this.broker.groups.check(session, generation, offsets, 0);
    if (member.status !== Status.ok) return statusName[member.status];
    const answers: string[] = [];
    const included = { group: member.group, topic: member.topic, offsets };
    this.broker.transactions.include(identity, included, ({ status }) =>
      answers.push(statusName[status]),
    );
    return only(answers);
  }

  committed(partition = 0): number | undefined {
    return this.broker.groups.committedOffset(group, topic, partition);
  }

  /** All bodies that such a reader sees of a partition now. */
  read(isolation: Isolation = 'read-committed', partition = 0): string[] {
    const bodies: string[] = [];
    this.#fetch(isolation, partition, 0, (batches) => bodies.push(...this.#bodies(batches)));
    return bodies;
  }

  /** A long poll at the beginning of partition 0; what it brings is in the array then. */
  poll(): readonly string[] {
    const bodies: string[] = [];
    this.#fetch('read-committed', 0, 60_000, (batches) => bodies.push(...this.#bodies(batches)));
    return bodies;
  }

  #fetch(
    isolation: Isolation,
    partition: number,
    maxWaitMs: number,
    then: (batches: readonly FetchedBatch[]) => void,
  ): void {
    this.#session += 1;
    const positions = [{ partition, offset: 0 }];
    const request = { topic, positions, maxMessages: 1e6, maxBytes: 1e6, maxWaitMs, isolation };
    this.broker.fetch(this.#session, request, 0, (fetched) => {
      if (fetched.status !== Status.ok) throw new Error(fetched.reason);
      then(fetched.batches);
    });
  }

  #bodies(batches: readonly FetchedBatch[]): string[] {
    const runs = batches.flatMap((one) => this.broker.load(one));
    return runs.flatMap(({ batch }) => {
      const view = BatchView.parse(batch);
      return Array.from({ length: view.count }, (_, index) => view.body(index).toString());
    });
  }
}

function batchOf(body: string): Buffer {
  return encodeBatch([{ key: undefined, headers: undefined, body: Buffer.from(body) }]);
}

function only<T>(answers: readonly T[]): T {
  const [answer] = answers;
  if (answer === undefined || answers.length > 1) throw new Error(`${answers.length} answers`);
  return answer;
}
