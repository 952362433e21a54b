import { BatchStore } from '../journal/batch-store.ts';
import {
  type CommitLog,
  type EntryAddress,
  JournalError,
  sliceFrom,
} from '../journal/commit-log.ts';
import type { BatchView } from '../protocol/batch.ts';
import { Status } from '../protocol/protocol.ts';
import type { QueueAttributes } from '../protocol/queue-attributes.ts';
import type { SendOptions } from '../protocol/send-options.ts';
import type { Keeps } from '../rules.ts';
import { admit, lastIndexOf, sentIds, whyNot } from './admission.ts';

import {
  decodeQueueEntry,
  encodeQueueEntry,
  needOf,
  type QueueEntry,
  type SentEntry,
} from './entries.ts';
import type { Depth, Receipt } from './message-queue.ts';
import { Queue } from './queue.ts';
import { take } from './taking.ts';
import {
  type Created,
  type Done,
  type Received,
  type ReceiveRequest,
  receiptStatus,
  type Refused,
  type Sent,
  type Settled,
  unknownQueue,
} from './queue-requests.ts';
import type { QueuedMessage } from './queued-message.ts';
import { Uptime } from './uptime.ts';

export interface QueueBrokerOptions {
  /** Memory for the newest batches. */
  readonly cacheBytes: number;
  /** Most leased messages of a queue; a receive beyond it waits. */
  readonly maxInFlight: number;
  readonly keeps: Keeps;
}

/**
 * The queue as a state machine without I/O, over the same journal as the log. A receipt whose lease has
 * ended, or that an earlier process granted, is refused: its message is visible to everybody again, and
 * removing it could take it from a second holder.
 */
export class QueueBroker {
  readonly #log: CommitLog;
  readonly #options: QueueBrokerOptions;
  readonly #batches: BatchStore;
  readonly #queues = new Map<number, Queue>();
  readonly #queueByName = new Map<string, Queue>();
  #nextQueue = 1;
  #nextId = 1;
  /** The latest instant that any call has named; commits that end later go on from it. */
  #nowMs = 0;
  readonly #uptime = new Uptime();

  constructor(log: CommitLog, options: QueueBrokerOptions) {
    this.#log = log;
    this.#options = options;
    this.#batches = new BatchStore(log, options.cacheBytes);
  }

  /** Recovery: once per journal entry, in order, before any request. */
  replay(payload: Buffer, address: EntryAddress): void {
    const { entry, headBytes } = decodeQueueEntry(payload);
    if (entry.kind === 'deleted' && !this.#options.keeps('remember-deletions')) return;
    if (entry.kind === 'sent') {
      this.#uptime.recovered(entry.optional?.uptimeMs ?? 0);
      this.#applySent(entry, address, headBytes, undefined);
    } else this.#apply(entry);
    const messages = this.#queues.get(entry.queue)?.messages;
    if (entry.kind === 'received') for (const id of entry.ids) messages?.countReceive(id);
  }

  /** Recovery has ended: whatever was not deleted is visible, oldest first, or waits until it is due. */
  recovered(): void {
    const uptimeMs = this.#uptime.recoveredMs;
    const forgets = !this.#options.keeps('recognise-copies-after-restart');
    for (const { messages, deduplication } of this.#queues.values()) {
      messages.publishAll(uptimeMs);
      deduplication.expire(forgets ? Number.POSITIVE_INFINITY : uptimeMs);
    }
  }

  createQueue(name: string, attributes: QueueAttributes, done: (created: Created) => void): void {
    if (this.#queueByName.has(name)) {
      done({ status: Status.alreadyExists, reason: 'a queue of this name exists' });
      return;
    }
    const queue = this.#nextQueue;
    this.#record({ kind: 'queue-created', queue, name, attributes }, () =>
      done({ status: Status.ok, queue }),
    );
  }

  deleteQueue(id: number, done: (deleted: Done) => void): void {
    const queue = this.#queues.get(id);
    if (queue === undefined) {
      done(unknownQueue);
      return;
    }
    this.#record({ kind: 'queue-deleted', queue: id }, () => done({ status: Status.ok }));
    for (const waiting of queue.waiting.takeAll()) waiting.done(unknownQueue);
  }

  /**
   * Stores what is new and answers with the ids of all of it.
   * @param options one for each message of the batch, or undefined for none at all
   * @throws JournalError
   */
  send(
    id: number,
    batch: BatchView,
    options: readonly SendOptions[] | undefined,
    nowMs: number,
    done: (sent: Sent) => void,
  ): void {
    this.#advance(nowMs);
    const queue = this.#queues.get(id);
    if (queue === undefined) return done(unknownQueue);
    const reason = whyNot(queue.attributes, options);
    if (reason !== undefined) return done({ status: Status.badRequest, reason });
    // Whole milliseconds, because the journal holds no others and a restart must find the same.
    const uptimeMs = Math.ceil(this.#uptime.at(this.#nowMs));
    queue.deduplication.expire(uptimeMs);
    const { attributes, deduplication } = queue;
    const { stored, copies } = admit(batch, options, attributes, deduplication, uptimeMs);
    const count = batch.count - copies.size;
    const ids = sentIds(this.#nextId, batch.count, copies);
    // A copy is as good as its original, not better: that one may not be committed yet.
    let lastIndex = lastIndexOf(copies);
    if (count > 0) {
      const optional = stored === undefined ? undefined : { uptimeMs, stored };
      const entry = { kind: 'sent', queue: id, baseId: ids.baseId, count, optional } as const;
      const head = encodeQueueEntry(entry);
      const address = this.#log.append([head, batch.bytes], 'committed');
      this.#applySent(entry, address, head.length, batch.bytes);
      lastIndex = address.index;
    }
    this.#log.when(lastIndex, 'committed', () => {
      queue.messages.publish(ids.baseId, count, this.#uptime.at(this.#nowMs));
      done({ status: Status.ok, ...ids });
      this.#serve(queue);
    });
  }

  /** Long poll; receivers that wait are served in the order of their coming. */
  receive(
    session: number,
    request: ReceiveRequest,
    nowMs: number,
    done: (r: Received) => void,
  ): void {
    const queue = this.#queues.get(request.queue);
    if (queue === undefined) {
      done(unknownQueue);
      return;
    }
    const deadlineMs = nowMs + request.maxWaitMs;
    queue.waiting.push({ session, request, deadlineMs, done });
    this.#expire(queue, nowMs);
  }

  /** Answers this session's waiting receives, empty. */
  cancelReceive(session: number): void {
    for (const queue of this.#queues.values()) {
      for (const { done } of queue.waiting.takeOf(session))
        done({ status: Status.ok, messages: [] });
    }
  }

  remove(
    id: number,
    receipts: readonly Receipt[],
    nowMs: number,
    done: (s: Settled) => void,
  ): void {
    const queue = this.#queues.get(id);
    if (queue === undefined) {
      done(unknownQueue);
      return;
    }
    this.#expire(queue, nowMs);
    const ids = new Set<number>();
    const each = receipts.map((receipt) => {
      const standing = queue.messages.examine(receipt);
      if (standing.state === 'held' && !queue.disorder.forgetsDeletion()) ids.add(receipt.id);
      return receiptStatus[standing.state];
    });
    if (ids.size === 0) done({ status: Status.ok, each });
    else {
      this.#record({ kind: 'deleted', queue: id, ids: [...ids] }, () =>
        done({ status: Status.ok, each }),
      );
      this.#serve(queue);
    }
  }

  /** Lets a lease end `leaseMs` from now; 0 makes the message visible at once. */
  changeVisibility(
    id: number,
    receipts: readonly Receipt[],
    leaseMs: number,
    nowMs: number,
  ): Settled {
    const queue = this.#queues.get(id);
    if (queue === undefined) return unknownQueue;
    this.#expire(queue, nowMs);
    const each = receipts.map((receipt) => {
      const standing = queue.messages.examine(receipt);
      if (standing.state === 'held') {
        if (leaseMs === 0) queue.messages.release(standing.message);
        else queue.messages.lease(standing.message, nowMs + leaseMs);
      }
      return receiptStatus[standing.state];
    });
    this.#serve(queue);
    return { status: Status.ok, each };
  }

  depth(id: number, nowMs: number): Depth | undefined {
    const queue = this.#queues.get(id);
    if (queue === undefined) return undefined;
    this.#expire(queue, nowMs);
    return queue.messages.depth;
  }

  /** Its waiting receives end; what it has leased stays leased until the leases end. */
  disconnected(session: number): void {
    for (const queue of this.#queues.values()) queue.waiting.takeOf(session);
  }

  tick(nowMs: number): void {
    for (const queue of this.#queues.values()) this.#expire(queue, nowMs);
  }

  /** When `tick` must be called next, if nothing else happens before. */
  nextWakeMs(): number | undefined {
    let next = Number.POSITIVE_INFINITY;
    for (const { messages, waiting } of this.#queues.values()) {
      const dueMs = messages.nextDueMs();
      next = Math.min(
        next,
        messages.nextExpiryMs() ?? next,
        waiting.nextDeadlineMs() ?? next,
        (dueMs === undefined ? undefined : this.#uptime.clockOf(dueMs)) ?? next,
      );
    }
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }

  #advance(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
  }

  #expire(queue: Queue, nowMs: number): void {
    this.#advance(nowMs);
    if (this.#options.keeps('end-leases')) queue.messages.expire(nowMs);
    queue.messages.releaseDue(this.#uptime.at(this.#nowMs));
    this.#serve(queue);
    const over = queue.waiting.takeOver(nowMs);
    for (const { done } of over) done({ status: Status.ok, messages: [] });
  }

  #serve(queue: Queue): void {
    for (;;) {
      const waiting = queue.waiting.first;
      if (waiting === undefined || queue.messages.peek() === undefined) return;
      const { request, done } = waiting;
      const room = this.#options.maxInFlight - queue.messages.depth.inFlight;
      const most =
        request.mode.kind === 'lease' ? Math.min(request.maxMessages, room) : request.maxMessages;
      if (most <= 0) return;
      queue.waiting.shift();
      this.#handOut(queue, request, most, done);
    }
  }

  #handOut(
    queue: Queue,
    request: ReceiveRequest,
    most: number,
    done: (received: Received) => void,
  ): void {
    const { taken, messages } = take(queue.messages, request, most, this.#batches);
    this.#grant(queue, request.mode, taken, () => done({ status: Status.ok, messages }), done);
  }

  /** The journal learns of a receive before its receiver does, so no copy goes uncounted. */
  #grant(
    queue: Queue,
    mode: ReceiveRequest['mode'],
    taken: readonly QueuedMessage[],
    granted: () => void,
    refused: (why: Refused) => void,
  ): void {
    const ids = taken.map((message) => message.id);
    const kind = mode.kind === 'lease' ? 'received' : 'deleted';
    try {
      this.#record({ kind, queue: queue.id, ids }, granted);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      for (const message of taken) queue.messages.putBack(message);
      refused({ status: Status.storageFailed, reason: error.message });
      return;
    }
    if (mode.kind === 'delete') return;
    for (const message of taken) {
      if (this.#options.keeps('count-receives')) message.receiveCount += 1;
      queue.messages.lease(message, this.#nowMs + mode.leaseMs);
      if (!this.#options.keeps('hide-while-leased')) queue.messages.release(message);
    }
  }

  #record(entry: Exclude<QueueEntry, SentEntry>, committed: () => void): void {
    const address = this.#log.append([encodeQueueEntry(entry)], needOf(entry));
    this.#apply(entry);
    this.#log.when(address.index, needOf(entry), committed);
  }

  #applySent(
    entry: SentEntry,
    address: EntryAddress,
    headBytes: number,
    batch: Buffer | undefined,
  ): void {
    this.#nextId = entry.baseId + entry.count;
    const stored = this.#batches.add(sliceFrom(address, headBytes), batch);
    this.#queues.get(entry.queue)?.stored(entry, stored, address.index);
  }

  #apply(entry: Exclude<QueueEntry, SentEntry>): void {
    switch (entry.kind) {
      case 'queue-created': {
        const { queue: id, name, attributes } = entry;
        const queue = new Queue(id, name, attributes, this.#options.keeps);
        this.#queues.set(id, queue);
        this.#queueByName.set(name, queue);
        this.#nextQueue = Math.max(this.#nextQueue, id + 1);
        return;
      }
      case 'queue-deleted': {
        const queue = this.#queues.get(entry.queue);
        if (queue !== undefined) this.#queueByName.delete(queue.name);
        this.#queues.delete(entry.queue);
        return;
      }
      case 'deleted': {
        const messages = this.#queues.get(entry.queue)?.messages;
        for (const id of entry.ids) messages?.remove(id);
        return;
      }
      case 'received':
        // Counted where the lease is granted; in recovery by `replay`.
        return;
    }
  }
}
