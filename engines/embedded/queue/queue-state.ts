import { BatchStore, type StoredBatch } from '../journal/batch-store.ts';
import { type CommitLog, type EntryAddress, sliceFrom } from '../journal/commit-log.ts';
import type { Checkpointed, PlaceOf } from '../journal/space.ts';
import type { Keeps } from '../rules.ts';
import {
  decodeQueueEntry,
  encodeQueueEntry,
  needOf,
  type MovedEntry,
  type PublishedEntry,
  type QueueEntry,
  type SentEntry,
} from './entries.ts';
import type { Topic } from './fan-out.ts';
import { keptState } from './kept-state.ts';
import { Queue } from './queue.ts';
import { attemptsOf } from './queued-message.ts';
import { Uptime } from './uptime.ts';

/** Entries that no batch follows. */
type Recorded = Exclude<QueueEntry, SentEntry | PublishedEntry>;

/** What the queue broker changes only by what the journal holds already: entries make it, recovery repeats them. */
export class QueueState implements Checkpointed {
  readonly #log: CommitLog;
  readonly keeps: Keeps;
  readonly #queues = new Map<number, Queue>();
  readonly #topics = new Map<number, Topic>();
  readonly #names = new Set<string>();
  readonly batches: BatchStore;
  readonly uptime = new Uptime();
  nextQueue = 1;
  nextId = 1;
  /** Of the latest entry; -1 before the first. */
  #lastIndex = -1;

  constructor(log: CommitLog, cacheBytes: number, keeps: Keeps) {
    this.#log = log;
    this.keeps = keeps;
    this.batches = new BatchStore(log, cacheBytes);
  }

  get queues(): Iterable<Queue> {
    return this.#queues.values();
  }

  get topics(): Iterable<Topic> {
    return this.#topics.values();
  }

  get(id: number): Queue | undefined {
    return this.#queues.get(id);
  }

  topic(id: number): Topic | undefined {
    return this.#topics.get(id);
  }

  /** Queues and topics share their names and their ids. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  *live(): Generator<StoredBatch> {
    for (const { messages } of this.queues) for (const { stored } of messages.all) yield stored;
  }

  entries(placeOf: PlaceOf): Iterable<Buffer> {
    return keptState(this, placeOf, this.keeps);
  }

  /** Recovery: once per journal entry, in order. */
  replay(payload: Buffer, address: EntryAddress): void {
    const { entry, headBytes } = decodeQueueEntry(payload);
    if (entry.kind === 'deleted' && !this.keeps('remember-deletions')) return;
    if (entry.kind === 'moved' && !this.keeps('remember-dead-letters')) {
      return this.#apply({ ...entry, kind: 'deleted' });
    }
    if (entry.kind === 'sent' || entry.kind === 'published') {
      const sent = entry.kind === 'sent' ? [entry] : entry.sent;
      for (const { optional } of sent) this.uptime.recovered(optional?.uptimeMs ?? 0);
      this.#applySent(sent, address, headBytes, undefined);
    } else this.#apply(entry);
    if (entry.kind === 'moved') this.uptime.recovered(entry.uptimeMs);
    const messages = this.#queues.get(entry.queue)?.messages;
    if (entry.kind === 'received') for (const id of entry.ids) messages?.countReceive(id);
  }

  /** Recovery has ended: whatever was not deleted is visible, oldest first, or waits until it is due. */
  recovered(): void {
    const uptimeMs = this.uptime.recoveredMs;
    const forgets = !this.keeps('recognise-copies-after-restart');
    for (const { messages, deduplication } of this.#queues.values()) {
      messages.publishAll(uptimeMs);
      deduplication.expire(forgets ? Number.POSITIVE_INFINITY : uptimeMs);
    }
  }

  /**
   * Takes effect at once, and is to be shown when `committed` is called.
   * @throws JournalError and then nothing has happened
   */
  record(entry: Recorded, committed: () => void): void {
    const address = this.#log.append([encodeQueueEntry(entry)], needOf(entry));
    this.#lastIndex = address.index;
    this.#apply(entry);
    this.#log.when(address.index, needOf(entry), committed);
  }

  /** @returns the entry's index. @throws JournalError and then nothing is stored */
  store(entry: SentEntry | PublishedEntry, batch: Buffer): number {
    const head = encodeQueueEntry(entry);
    const address = this.#log.append([head, batch], needOf(entry));
    this.#lastIndex = address.index;
    const sent = entry.kind === 'sent' ? [entry] : entry.sent;
    this.#applySent(sent, address, head.length, batch);
    return address.index;
  }

  /** Calls `done` when the entry is committed, perhaps before it returns. */
  whenCommitted(index: number, done: () => void): void {
    this.#log.when(index, 'committed', done);
  }

  /** Calls `done` when everything so far is committed, perhaps before it returns. */
  whenSettled(done: () => void): void {
    this.#log.when(this.#lastIndex, 'committed', done);
  }

  #applySent(
    sent: readonly SentEntry[],
    address: EntryAddress,
    headBytes: number,
    batch: Buffer | undefined,
  ): void {
    const stored = this.batches.add(sliceFrom(address, headBytes), batch);
    for (const entry of sent) {
      this.nextId = entry.baseId + entry.count;
      this.#queues.get(entry.queue)?.stored(entry, stored, address.index);
    }
  }

  #apply(entry: Recorded): void {
    switch (entry.kind) {
      case 'messages-kept': {
        const stored = this.batches.kept(entry.batch);
        const messages = this.#queues.get(entry.queue)?.messages;
        for (const message of entry.messages) messages?.restore({ ...message, stored });
        return;
      }
      case 'orders-kept':
        return this.#queues.get(entry.queue)?.messages.hadOrders(entry.orders);
      case 'ids-kept': {
        const window = this.#queues.get(entry.queue)?.deduplication;
        for (const send of entry.sends) window?.remember(send.key, send, send.sentMs);
        return;
      }
      case 'numbers-kept':
        this.nextQueue = entry.queue;
        this.nextId = entry.nextId;
        this.uptime.recovered(entry.uptimeMs);
        return;
      case 'queue-created': {
        const { queue: id, name, attributes } = entry;
        const queue = new Queue(id, name, attributes, this.keeps);
        this.#queues.set(id, queue);
        this.#names.add(name);
        this.nextQueue = Math.max(this.nextQueue, id + 1);
        return;
      }
      case 'queue-deleted': {
        const { queue: id } = entry;
        this.#names.delete((this.#queues.get(id) ?? this.#topics.get(id))?.name ?? '');
        this.#queues.delete(id);
        this.#topics.delete(id);
        for (const { filters } of this.#topics.values()) filters.delete(id);
        return;
      }
      case 'topic-created': {
        const { queue: id, name } = entry;
        this.#topics.set(id, { id, name, filters: new Map() });
        this.#names.add(name);
        this.nextQueue = Math.max(this.nextQueue, id + 1);
        return;
      }
      case 'attached':
        this.#topics.get(entry.queue)?.filters.set(entry.to, entry.filter);
        return;
      case 'deleted': {
        const messages = this.#queues.get(entry.queue)?.messages;
        for (const id of entry.ids) messages?.remove(id);
        return;
      }
      case 'moved':
        return this.#move(entry);
      case 'received':
        // Counted where the lease is granted; in recovery by `replay`.
        return;
    }
  }

  /** A message keeps its id, so that it can be told where it was, and begins its count of receives anew. */
  #move({ queue, to, ids, cause, uptimeMs }: MovedEntry): void {
    const from = this.#queues.get(queue)?.messages;
    const target = this.#queues.get(to)?.messages;
    const isAnew = cause === 'redrive' && this.keeps('keep-what-was-redriven');
    for (const id of ids) {
      const message = from?.remove(id);
      if (message === undefined) continue;
      target?.add({
        ...message,
        dueMs: 0,
        sentMs: isAnew ? uptimeMs : message.sentMs,
        earlierReceives: message.receiveCount,
        movedBy: cause,
        movedAfter: attemptsOf(message),
      });
    }
  }
}
