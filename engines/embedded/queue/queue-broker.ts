import type { CommitLog, EntryAddress } from '../journal/commit-log.ts';
import type { Checkpointed } from '../journal/space.ts';
import type { BatchView } from '../protocol/batch.ts';
import { Status } from '../protocol/protocol.ts';
import type { SendOptions } from '../protocol/send-options.ts';
import type { Keeps } from '../rules.ts';
import { admit, lastIndexOf, sentIds, whyNot } from './admission.ts';
import { bury, buryExhausted, deadLettersOf, redrive } from './dead-letters.ts';
import { Directory } from './directory.ts';
import { publish } from './fan-out.ts';
import { HandingOut } from './handing-out.ts';
import type { Depth, Receipt } from './message-queue.ts';
import type { Queue } from './queue.ts';
import {
  overLimit,
  type Received,
  type ReceiveRequest,
  receiptStatus,
  type Redriven,
  type Sent,
  type Settled,
  throttled,
  tooManyMessages,
  unknownQueue,
} from './queue-requests.ts';
import { QueueState } from './queue-state.ts';
import { removeOveraged } from './retention.ts';

export interface QueueBrokerOptions {
  /** Memory for the newest batches. */
  readonly cacheBytes: number;
  /** Most messages in hands of any queue. */
  readonly maxInFlight: number;
  readonly keeps: Keeps;
}

/**
 * The queue as a state machine without I/O, over the same journal as the log. A receipt whose lease has
 * ended, or that an earlier process granted, is refused: its message is visible to everybody again, and
 * removing it could take it from a second holder.
 */
export class QueueBroker {
  readonly #options: QueueBrokerOptions;
  readonly #state: QueueState;
  readonly #handingOut: HandingOut;
  /** Queues and topics come and go here. */
  readonly directory: Directory;
  /** The latest instant that any call has named; commits that end later go on from it. */
  #nowMs = 0;

  constructor(log: CommitLog, options: QueueBrokerOptions) {
    this.#options = options;
    this.#state = new QueueState(log, options.cacheBytes, options.keeps);
    this.#handingOut = new HandingOut(this.#state, options);
    this.directory = new Directory(this.#state);
  }

  /** What a checkpoint of the journal holds. */
  get lasting(): Checkpointed {
    return this.#state;
  }

  /** Recovery: once per journal entry, in order, before any request. */
  replay(payload: Buffer, address: EntryAddress): void {
    this.#state.replay(payload, address);
  }

  /** Recovery has ended. What is to be given up is moved now, or when the disk has room again. */
  recovered(): void {
    this.#state.recovered();
    for (const queue of this.#state.queues) this.#bury(queue);
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
    const topic = this.#state.topic(id);
    if (topic !== undefined) {
      const serve = (queue: Queue): void => this.#serve(queue);
      return publish(topic, batch, options, this.#state, this.#nowMs, serve, done);
    }
    const queue = this.#state.get(id);
    if (queue === undefined) return done(unknownQueue);
    if (!queue.quota.allows('send', nowMs)) return done(throttled);
    if (batch.count > queue.quota.messagesPerCall) return done(tooManyMessages);
    const reason = whyNot(queue.attributes, options);
    if (reason !== undefined) return done({ status: Status.badRequest, reason });
    // Whole milliseconds, because the journal holds no others and a restart must find the same.
    const uptimeMs = Math.ceil(this.#state.uptime.at(this.#nowMs));
    queue.deduplication.expire(uptimeMs);
    const { attributes, deduplication } = queue;
    const { stored, copies } = admit(batch, options, attributes, deduplication, uptimeMs);
    const count = batch.count - copies.size;
    const ids = sentIds(this.#state.nextId, batch.count, copies);
    // A copy is as good as its original, not better: that one may not be committed yet.
    let lastIndex = lastIndexOf(copies);
    if (count > 0) {
      const optional = stored === undefined ? undefined : { uptimeMs, stored };
      const entry = { kind: 'sent', queue: id, baseId: ids.baseId, count, optional } as const;
      lastIndex = this.#state.store(entry, batch.bytes);
    }
    this.#state.whenCommitted(lastIndex, () => {
      queue.messages.publish(ids.baseId, count, this.#state.uptime.at(this.#nowMs));
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
    const queue = this.#state.get(request.queue);
    if (queue === undefined) return done(unknownQueue);
    if (!queue.quota.allows('receive', nowMs)) return done(throttled);
    this.#expire(queue, nowMs);
    const before = queue.attempts.repeated(request.attemptId, queue.messages, nowMs);
    if (before !== undefined) {
      return this.#handingOut.repeat(queue, request, before, this.#nowMs, done);
    }
    if (this.#handingOut.isOverLimit(queue, request)) return done(overLimit);
    const deadlineMs = nowMs + request.maxWaitMs;
    queue.waiting.push({ session, request, deadlineMs, done });
    this.#expire(queue, nowMs);
  }

  /** Answers this session's waiting receives, empty. */
  cancelReceive(session: number): void {
    for (const queue of this.#state.queues) {
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
    this.#end(id, receipts, nowMs, done, (queue, ids, ended) => {
      const deleted = ids.filter(() => !queue.disorder.forgetsDeletion());
      if (deleted.length === 0) ended();
      else this.#state.record({ kind: 'deleted', queue: id, ids: deleted }, ended);
    });
  }

  /** To the dead letters, whatever the count of receives; deleted where there are none. */
  reject(
    id: number,
    receipts: readonly Receipt[],
    nowMs: number,
    done: (s: Settled) => void,
  ): void {
    this.#end(id, receipts, nowMs, done, (queue, ids, ended) => {
      if (deadLettersOf(queue, this.#state) === undefined) {
        return this.#state.record({ kind: 'deleted', queue: id, ids }, ended);
      }
      bury(this.#state, queue, ids, 'rejected', (target) => {
        ended();
        this.#serve(target);
      });
    });
  }

  /** Moves up to `most` messages that nobody holds to another queue, where they begin anew. */
  redrive(
    id: number,
    to: number,
    most: number,
    nowMs: number,
    done: (redriven: Redriven) => void,
  ): void {
    const from = this.#state.get(id);
    const target = this.#state.get(to);
    if (from === undefined || target === undefined) return done(unknownQueue);
    if (from === target || from.attributes.order !== target.attributes.order) {
      const reason = 'messages are moved to another queue of the same order';
      return done({ status: Status.badRequest, reason });
    }
    this.#expire(from, nowMs);
    redrive(this.#state, from, target, most, (ids) => {
      done({ status: Status.ok, ids });
      this.#serve(target);
    });
  }

  /** Lets a lease end `leaseMs` from now; 0 makes the message visible at once. */
  changeVisibility(
    id: number,
    receipts: readonly Receipt[],
    leaseMs: number,
    nowMs: number,
  ): Settled {
    const queue = this.#state.get(id);
    if (queue === undefined) return unknownQueue;
    if (!queue.quota.allows('change-visibility', nowMs)) return throttled;
    if (receipts.length > queue.quota.messagesPerCall) return tooManyMessages;
    this.#expire(queue, nowMs);
    const each = receipts.map((receipt) => {
      const standing = queue.messages.examine(receipt);
      if (standing.state === 'held') {
        if (leaseMs === 0) queue.messages.release(standing.message);
        else queue.extend(standing.message, nowMs + leaseMs);
      }
      return receiptStatus[standing.state];
    });
    this.#bury(queue);
    this.#serve(queue);
    return { status: Status.ok, each };
  }

  depth(id: number, nowMs: number): Depth | undefined {
    const queue = this.#state.get(id);
    if (queue === undefined) return undefined;
    this.#expire(queue, nowMs);
    return queue.messages.depth;
  }

  /** Its waiting receives end; what it has leased stays leased until the leases end. */
  disconnected(session: number): void {
    for (const queue of this.#state.queues) queue.waiting.takeOf(session);
  }

  tick(nowMs: number): void {
    for (const queue of this.#state.queues) this.#expire(queue, nowMs);
  }

  /** When `tick` must be called next, if nothing else happens before. */
  nextWakeMs(): number | undefined {
    let next = Number.POSITIVE_INFINITY;
    for (const { messages, waiting } of this.#state.queues) {
      const uptimeMs = Math.min(
        messages.nextDueMs() ?? Number.POSITIVE_INFINITY,
        messages.nextOveragedMs() ?? Number.POSITIVE_INFINITY,
      );
      next = Math.min(
        next,
        messages.nextExpiryMs() ?? next,
        waiting.nextDeadlineMs() ?? next,
        this.#state.uptime.clockOf(uptimeMs) ?? next,
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
    const uptimeMs = this.#state.uptime.at(this.#nowMs);
    queue.messages.releaseDue(uptimeMs);
    removeOveraged(this.#state, queue, uptimeMs);
    this.#bury(queue);
    this.#serve(queue);
    const over = queue.waiting.takeOver(nowMs);
    for (const { done } of over) done({ status: Status.ok, messages: [] });
  }

  /** Ends messages by receipts that are good, and answers for each receipt. */
  #end(
    id: number,
    receipts: readonly Receipt[],
    nowMs: number,
    done: (s: Settled) => void,
    end: (queue: Queue, ids: readonly number[], ended: () => void) => void,
  ): void {
    const queue = this.#state.get(id);
    if (queue === undefined) return done(unknownQueue);
    if (!queue.quota.allows('delete', nowMs)) return done(throttled);
    if (receipts.length > queue.quota.messagesPerCall) return done(tooManyMessages);
    this.#expire(queue, nowMs);
    const ids = new Set<number>();
    const each = receipts.map((receipt) => {
      const standing = queue.messages.examine(receipt);
      if (standing.state === 'held') ids.add(receipt.id);
      return receiptStatus[standing.state];
    });
    if (ids.size === 0) return done({ status: Status.ok, each });
    end(queue, [...ids], () => done({ status: Status.ok, each }));
    this.#serve(queue);
  }

  #bury(queue: Queue): void {
    buryExhausted(this.#state, queue, (target) => this.#serve(target));
  }

  #serve(queue: Queue): void {
    this.#handingOut.serve(queue, this.#nowMs);
  }
}
