import { BatchStore } from '../journal/batch-store.ts';
import {
  type CommitLog,
  type EntryAddress,
  type EntrySlice,
  sliceFrom,
} from '../journal/commit-log.ts';
import type { Checkpointed } from '../journal/space.ts';
import { Status } from '../protocol/protocol.ts';
import { ConsumerGroups, type JoinRequest } from './consumer-groups.ts';
import {
  batchEntryHeadBytes,
  decodeLogEntry,
  encodeLogEntry,
  type LogEntry,
  needOf,
} from './entries.ts';
import { applyKept, lastingOf } from './kept-state.ts';
import { newestProducer } from './producer-ids.ts';
import { type FetchedBatch, Fetches, type FetchRequest, sourcesOf } from './fetches.ts';
import type { GroupListener } from './member.ts';
import type { Keeps } from '../rules.ts';
import { isCounted } from './producers.ts';
import {
  admissionRefusal,
  type Refused,
  tooFewReplicas,
  unknownPartition,
  unknownTopic,
} from './refusals.ts';
import type { Partition } from './partition.ts';
import type { Produced, ProduceRequest } from './produce-request.ts';
import { type RemainingRun, remainingRuns } from './remaining.ts';
import { type Done, keyRefusal, Topics } from './topics.ts';
import { Transactions } from './transactions.ts';

export interface LogBrokerOptions {
  readonly rebalanceTimeoutMs: number;
  /** Memory for the newest batches. */
  readonly cacheBytes: number;
  readonly keeps: Keeps;
  readonly cleanupEveryMs: number;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
}

export type { Produced, ProduceRequest };

/**
 * The log as a state machine without I/O: requests, the journal's commits and the passing of time go in,
 * answers and group events come out. Durable state changes in `#apply` alone, with the entry that is in
 * the journal by then; a restarted broker applies the same entries and is where the old one was, except
 * for what belongs to connections (members and waiting fetches).
 */
export class LogBroker {
  /** What a checkpoint of the journal holds. */
  readonly lasting: Checkpointed;
  readonly topics: Topics;
  readonly groups: ConsumerGroups;
  readonly transactions: Transactions;
  readonly #log: CommitLog;
  readonly #options: LogBrokerOptions;
  readonly #batches: BatchStore;
  readonly #fetches = new Fetches();
  #nextProducer = 1;

  constructor(log: CommitLog, options: LogBrokerOptions) {
    this.#log = log;
    this.#options = options;
    this.#batches = new BatchStore(log, options.cacheBytes);
    const { rebalanceTimeoutMs, keeps, cleanupEveryMs, wallMs } = options;
    const record = this.#record.bind(this);
    const load = this.#batches.load.bind(this.#batches);
    this.topics = new Topics({ cleanupEveryMs, wallMs, load, keeps, record });
    this.groups = new ConsumerGroups({
      rebalanceTimeoutMs,
      keeps,
      record,
      beforeGeneration: (group) => this.transactions.abortIncluding(group),
    });
    this.transactions = new Transactions({
      keeps,
      record,
      newProducer: () => this.#nextProducer,
      commitOffsets: (included) => this.groups.advance(included),
      arrived: (partition) => this.#fetches.arrived(partition),
    });
    this.lasting = lastingOf(this, () => this.#nextProducer, keeps);
  }

  /**
   * Recovery: once per journal entry, in order, before any request.
   * @param whenCommitted runs what shows the entry to readers, at once where all that is found is committed
   */
  replay(payload: Buffer, address: EntryAddress, whenCommitted = atOnce): void {
    const { entry, batchAt } = decodeLogEntry(payload);
    const { keeps } = this.#options;
    if (entry.kind === 'offsets-committed' && !keeps('remember-offsets')) return;
    if (entry.kind === 'producer-kept' && !keeps('recognise-copies-after-restart')) return;
    const ending = this.transactions.ending(entry);
    this.#apply(entry, sliceFrom(address, batchAt), address.index, undefined);
    if (entry.kind === 'batch') {
      const partition = this.topics.get(entry.topic)?.partitions[entry.partition];
      whenCommitted(() => partition?.commitTo(entry.baseOffset + entry.count));
    }
    if (ending !== undefined) whenCommitted(() => ending.settle());
  }

  /** @param partitions in all */
  addPartitions(
    topic: number,
    partitions: number,
    nowMs: number,
    done: (grown: Done) => void,
  ): void {
    this.topics.grow(topic, partitions, (grown) => {
      if (grown.status === Status.ok) this.groups.grow(topic, partitions, nowMs);
      done(grown);
    });
  }

  initProducer(done: (producer: number) => void): void {
    const producer = this.#nextProducer;
    this.#record({ kind: 'producer-registered', producer }, () => done(producer));
  }

  /** `done` is not called with `acks: none`, whatever happens. @throws JournalError */
  produce(request: ProduceRequest, done: (produced: Produced) => void): void {
    const answer = request.acks === 'none' ? ignore : done;
    const topic = this.topics.get(request.topic);
    const partition = topic?.partitions[request.partition];
    if (topic === undefined || partition === undefined) {
      answer(topic === undefined ? unknownTopic : unknownPartition);
      return;
    }
    const refusal = this.transactions.refusal(request.stamp) ?? keyRefusal(topic, request.batch);
    if (refusal !== undefined) {
      answer(refusal);
      return;
    }
    const need = request.acks === 'all' ? 'committed' : 'leader';
    const { keeps } = this.#options;
    if (isCounted(request.stamp) && keeps('recognise-copies')) {
      const admission = partition.producers.admit(request.stamp, request.count);
      if (admission.kind === 'copy') {
        const { entry, baseOffset } = admission.of;
        this.#answerWhen(entry, need, baseOffset, answer);
        return;
      }
      if (admission.kind !== 'new') {
        answer(admissionRefusal(admission, request.stamp.sequence));
        return;
      }
    }
    this.#appendBatch(request, partition, need, answer);
  }

  #appendBatch(
    request: ProduceRequest,
    partition: Partition,
    need: 'leader' | 'committed',
    answer: (produced: Produced) => void,
  ): void {
    const { topic, count, stamp, batch } = request;
    const baseOffset = partition.end;
    const entry = {
      kind: 'batch',
      topic,
      partition: request.partition,
      baseOffset,
      count,
      stamp,
      timestampMs: partition.timestamp(this.#options.wallMs()),
    } as const;
    const address = this.#log.append([encodeLogEntry(entry), batch], need);
    this.#apply(entry, sliceFrom(address, batchEntryHeadBytes), address.index, batch);
    this.#log.when(address.index, 'committed', () => {
      partition.commitTo(baseOffset + count);
      this.#fetches.arrived(partition);
    });
    this.#answerWhen(address.index, need, baseOffset, answer);
  }

  #answerWhen(
    index: number,
    need: 'leader' | 'committed',
    baseOffset: number,
    answer: (produced: Produced) => void,
  ): void {
    const stored = (): void => answer({ status: Status.ok, baseOffset });
    this.#log.when(index, need, stored, () => answer(tooFewReplicas));
  }

  /** Long poll. The batches are whole: the first may begin before the offset that was asked for. */
  fetch(
    session: number,
    request: FetchRequest,
    nowMs: number,
    done: (
      fetched: { status: typeof Status.ok; batches: readonly FetchedBatch[] } | Refused,
    ) => void,
  ): void {
    const topic = this.topics.get(request.topic);
    if (topic === undefined) {
      done(unknownTopic);
      return;
    }
    const found = sourcesOf(request, topic.partitions);
    if (found.status !== Status.ok) {
      done(found);
      return;
    }
    this.#fetches.fetch(session, request, found.sources, nowMs, (batches) =>
      done({ status: Status.ok, batches }),
    );
  }

  /** What is left of it. */
  load({ batch }: FetchedBatch): readonly RemainingRun[] {
    return remainingRuns(this.#batches.load(batch.stored), batch.baseOffset, batch.removed);
  }

  joinGroup(session: number, request: JoinRequest, tell: GroupListener, nowMs: number): Done {
    const topic = this.topics.get(request.topic);
    if (topic === undefined) return unknownTopic;
    return this.groups.join(session, request, topic.partitions.length, tell, nowMs);
  }

  /** The connection is gone: its long poll and its membership end now. */
  disconnected(session: number, nowMs: number): void {
    this.#fetches.cancel(session);
    this.groups.disconnected(session, nowMs);
  }

  tick(nowMs: number): void {
    this.#fetches.tick(nowMs);
    this.groups.tick(nowMs);
    this.topics.tick(nowMs);
    this.transactions.tick(nowMs);
  }

  /** When `tick` must be called next, if nothing else happens before. */
  nextWakeMs(): number | undefined {
    const parts = [this.#fetches, this.groups, this.topics, this.transactions];
    const wakes = parts.map((part) => part.nextWakeMs());
    const next = Math.min(...wakes.map((wakeMs) => wakeMs ?? Number.POSITIVE_INFINITY));
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }

  #record(entry: Exclude<LogEntry, { kind: 'batch' }>, committed: () => void): void {
    const address = this.#log.append([encodeLogEntry(entry)], needOf(entry));
    this.#apply(entry, address, address.index, undefined);
    this.#log.when(address.index, needOf(entry), committed);
  }

  #apply(entry: LogEntry, slice: EntrySlice, index: number, batch: Buffer | undefined): void {
    this.#nextProducer = Math.max(this.#nextProducer, newestProducer(entry) + 1);
    switch (entry.kind) {
      case 'topic-created':
      case 'partitions-added':
      case 'log-start-moved':
        this.topics.apply(entry);
        return;
      case 'topic-deleted':
        this.topics.apply(entry);
        this.groups.topicDeleted(entry.topic);
        return;
      case 'batch': {
        const { baseOffset, count, stamp, timestampMs } = entry;
        const partition = this.topics.get(entry.topic)?.partitions[entry.partition];
        if (partition === undefined) return;
        const transaction = this.transactions.wrote(stamp.producer, partition, baseOffset);
        const stored = this.#batches.add(slice, batch);
        partition.append({ baseOffset, count, stored, timestampMs, transaction });
        const isReplayed = batch === undefined;
        const isForgotten = isReplayed && !this.#options.keeps('recognise-copies-after-restart');
        if (!isCounted(stamp) || isForgotten) return;
        const remembered = { sequence: stamp.sequence, count, baseOffset, entry: index };
        partition.producers.remember(stamp, remembered);
        return;
      }
      case 'offsets-committed':
      case 'generation-begun':
        this.groups.apply(entry);
        return;
      case 'producer-registered':
        return;
      case 'batch-kept':
      case 'partition-kept':
      case 'producer-kept':
      case 'numbers-kept':
        return applyKept(entry, this, this.#batches);
      default:
        this.transactions.apply(entry);
    }
  }
}

const ignore = (): void => {};
const atOnce = (show: () => void): void => show();
