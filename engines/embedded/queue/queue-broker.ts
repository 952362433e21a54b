import { BatchStore } from '../journal/batch-store.ts';
import {
  type CommitLog,
  type EntryAddress,
  JournalError,
  sliceFrom,
} from '../journal/commit-log.ts';
import { BatchView } from '../protocol/batch.ts';
import type { Keeps } from '../rules.ts';
import { type Refusal, Status } from '../protocol/protocol.ts';
import {
  decodeQueueEntry,
  encodeQueueEntry,
  needOf,
  type QueueEntry,
  sentEntryHeadBytes,
} from './entries.ts';
import { type Depth, MessageQueue, type QueuedMessage, type Receipt } from './message-queue.ts';

export interface QueueBrokerOptions {
  /** Memory for the newest batches. */
  readonly cacheBytes: number;
  /** Most leased messages of a queue; a receive beyond it waits. */
  readonly maxInFlight: number;
  readonly keeps: Keeps;
}

export interface ReceiveRequest {
  readonly queue: number;
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  /** `delete`: the queue forgets a message when it hands it out. */
  readonly mode: { readonly kind: 'lease'; readonly leaseMs: number } | { readonly kind: 'delete' };
}

export interface ReceivedMessage {
  readonly id: number;
  readonly receiveCount: number;
  readonly batch: BatchView;
  readonly slot: number;
}

export type Refused = { readonly status: Refusal; readonly reason: string };
export type Created = { readonly status: typeof Status.ok; readonly queue: number } | Refused;
export type Done = { readonly status: typeof Status.ok } | Refused;
export type Sent = { readonly status: typeof Status.ok; readonly baseId: number } | Refused;
export type Received =
  | { readonly status: typeof Status.ok; readonly messages: readonly ReceivedMessage[] }
  | Refused;
/** One status for each receipt: `ok`, `receiptExpired` or `gone`. */
export type Settled =
  | { readonly status: typeof Status.ok; readonly each: readonly Status[] }
  | Refused;

interface WaitingReceive {
  readonly session: number;
  readonly request: ReceiveRequest;
  readonly deadlineMs: number;
  readonly done: (received: Received) => void;
}

interface Queue {
  readonly id: number;
  readonly name: string;
  readonly messages: MessageQueue;
  waiting: WaitingReceive[];
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

  constructor(log: CommitLog, options: QueueBrokerOptions) {
    this.#log = log;
    this.#options = options;
    this.#batches = new BatchStore(log, options.cacheBytes);
  }

  /** Recovery: once per journal entry, in order, before any request. */
  replay(payload: Buffer, address: EntryAddress): void {
    const entry = decodeQueueEntry(payload);
    if (entry.kind === 'deleted' && !this.#options.keeps('remember-deletions')) return;
    this.#apply(entry, address, undefined);
    const messages = this.#queues.get(entry.queue)?.messages;
    if (entry.kind === 'received') for (const id of entry.ids) messages?.countReceive(id);
  }

  /** Recovery has ended: whatever was not deleted is visible, oldest first. */
  recovered(): void {
    for (const { messages } of this.#queues.values()) messages.publishAll();
  }

  createQueue(name: string, done: (created: Created) => void): void {
    if (this.#queueByName.has(name)) {
      done({ status: Status.alreadyExists, reason: 'a queue of this name exists' });
      return;
    }
    const queue = this.#nextQueue;
    this.#record({ kind: 'queue-created', queue, name }, () => done({ status: Status.ok, queue }));
  }

  deleteQueue(id: number, done: (deleted: Done) => void): void {
    const queue = this.#queues.get(id);
    if (queue === undefined) {
      done(unknownQueue);
      return;
    }
    this.#record({ kind: 'queue-deleted', queue: id }, () => done({ status: Status.ok }));
    for (const waiting of queue.waiting.splice(0)) waiting.done(unknownQueue);
  }

  /** @throws JournalError */
  send(id: number, batch: BatchView, nowMs: number, done: (sent: Sent) => void): void {
    this.#advance(nowMs);
    const queue = this.#queues.get(id);
    if (queue === undefined) {
      done(unknownQueue);
      return;
    }
    const { count } = batch;
    const baseId = this.#nextId;
    const entry = { kind: 'sent', queue: id, baseId, count } as const;
    const address = this.#log.append([encodeQueueEntry(entry), batch.bytes]);
    this.#apply(entry, address, batch.bytes);
    this.#log.when(address.index, 'committed', () => {
      queue.messages.publish(baseId, count);
      done({ status: Status.ok, baseId });
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
      const own = queue.waiting.filter((waiting) => waiting.session === session);
      queue.waiting = queue.waiting.filter((waiting) => waiting.session !== session);
      for (const waiting of own) waiting.done({ status: Status.ok, messages: [] });
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
      if (standing.state === 'held') ids.add(receipt.id);
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
    for (const queue of this.#queues.values()) {
      queue.waiting = queue.waiting.filter((waiting) => waiting.session !== session);
    }
  }

  tick(nowMs: number): void {
    for (const queue of this.#queues.values()) this.#expire(queue, nowMs);
  }

  /** When `tick` must be called next, if nothing else happens before. */
  nextWakeMs(): number | undefined {
    let next = Number.POSITIVE_INFINITY;
    for (const { messages, waiting } of this.#queues.values()) {
      next = Math.min(next, messages.nextExpiryMs() ?? next);
      for (const { deadlineMs } of waiting) next = Math.min(next, deadlineMs);
    }
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }

  #advance(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
  }

  #expire(queue: Queue, nowMs: number): void {
    this.#advance(nowMs);
    if (this.#options.keeps('end-leases')) queue.messages.expire(nowMs);
    this.#serve(queue);
    const over = queue.waiting.filter((waiting) => waiting.deadlineMs <= nowMs);
    if (over.length === 0) return;
    queue.waiting = queue.waiting.filter((waiting) => waiting.deadlineMs > nowMs);
    for (const waiting of over) waiting.done({ status: Status.ok, messages: [] });
  }

  #serve(queue: Queue): void {
    while (queue.messages.available > 0) {
      const [waiting] = queue.waiting;
      if (waiting === undefined) return;
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
    const taken: QueuedMessage[] = [];
    const messages: ReceivedMessage[] = [];
    let bytes = 0;
    while (taken.length < most) {
      const next = queue.messages.peek();
      if (next === undefined) break;
      const batch = BatchView.trusted(this.#batches.load(next.stored));
      bytes += batch.messageBytes(next.slot);
      if (taken.length > 0 && bytes > request.maxBytes) break;
      queue.messages.take();
      taken.push(next);
      messages.push({ id: next.id, receiveCount: next.receiveCount + 1, batch, slot: next.slot });
    }
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

  #record(entry: Exclude<QueueEntry, { kind: 'sent' }>, committed: () => void): void {
    const address = this.#log.append([encodeQueueEntry(entry)]);
    this.#apply(entry, address, undefined);
    this.#log.when(address.index, needOf(entry), committed);
  }

  #apply(entry: QueueEntry, address: EntryAddress, batch: Buffer | undefined): void {
    switch (entry.kind) {
      case 'queue-created': {
        const { queue: id, name } = entry;
        const queue = { id, name, messages: new MessageQueue(), waiting: [] };
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
      case 'sent': {
        this.#nextId = entry.baseId + entry.count;
        const messages = this.#queues.get(entry.queue)?.messages;
        const stored = this.#batches.add(sliceFrom(address, sentEntryHeadBytes), batch);
        for (let slot = 0; slot < entry.count; slot += 1) {
          const id = entry.baseId + slot;
          messages?.add({ id, stored, slot, receiveCount: 0, state: 'pending', leaseUntilMs: 0 });
        }
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

const unknownQueue: Refused = {
  status: Status.unknownDestination,
  reason: 'there is no such queue',
};

const receiptStatus = {
  held: Status.ok,
  expired: Status.receiptExpired,
  gone: Status.gone,
} as const;
