import {
  DeadLetterCause,
  EventKind,
  type EventRecord,
  Flag,
} from '../../../harness/core/events.ts';
import type { Random } from '../../../harness/core/random.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import {
  readReceived,
  type ReceivedCopy,
  writeReceive,
} from '../../embedded/protocol/queue-messages.ts';
import type { MoveCause } from '../../embedded/queue/entries.ts';
import type { Answer } from '../../embedded/answer.ts';
import { SimulatedClient } from '../../embedded/simulation/client.ts';
import { decodeMessage } from '../../embedded/simulation/message.ts';
import type { SimulatedNode } from '../../embedded/simulation/node.ts';
import type { ConnectionTrouble, SimulatedWorld } from '../../simulation.ts';
import { Group } from './facts.ts';
import type { Ledger } from './ledger.ts';
import type { ReadQueue } from './reference.ts';
import { type Copy, Settling } from './settling.ts';
import type { TopicWatch } from './topic-watch.ts';

export interface ConsumerPlan {
  readonly queue: number;
  /** In the history; its queue is the scope of the same number. */
  readonly group: number;
  readonly reads: ReadQueue;
  /** 0: received is deleted. */
  readonly leaseMs: number;
  /** What of it is certain by the world's clock: the broker's may run faster. */
  readonly certainMs: number;
  readonly most: number;
  readonly processMs: readonly [low: number, high: number];
  /** Copies of a hundred that are worked on for longer than their lease. */
  readonly slow: number;
  /** Of a hundred of those, the ones whose lease is extended in time. */
  readonly extended: number;
  /** Copies of a hundred that are given back instead of being deleted. */
  readonly requeued: number;
  /** Copies of a hundred that are rejected. */
  readonly rejected: number;
  /** Messages of a hundred that nobody can process: whoever has them gives them back. */
  readonly poison: number;
  readonly ledger: Ledger;
  /** Of the topic, where it reads a queue of one. */
  readonly topic?: TopicWatch;
  readonly trouble: ConnectionTrouble;
}

const causeOf: Readonly<Record<MoveCause, number>> = {
  attempts: DeadLetterCause.attempts,
  rejected: DeadLetterCause.rejected,
  // Whoever is back from there has no other reason for being there again.
  redrive: DeadLetterCause.missing,
};

const longPollMs = 20;
const longPollTimeoutMs = 200;
/** The same instant again would be refused again. */
const afterRefusalNs = 20e6;
const soonNs = 1e5;
/** Of its lease, when somebody who works for longer asks for more. */
const extendedAfter = 0.3;

/** Receives, works on one copy after the other, and deletes what is done. */
export class SimulatedConsumer {
  readonly actor: number;
  readonly #world: SimulatedWorld;
  readonly #plan: ConsumerPlan;
  readonly #client: SimulatedClient;
  readonly #random: Random;
  readonly #settling: Settling;
  #session = 0;
  #hand: Copy[] = [];
  #isWorking = false;
  #isReceiving = false;
  /** Receives that were answered well. */
  #answered = 0;
  #isOver = false;

  constructor(world: SimulatedWorld, node: SimulatedNode, plan: ConsumerPlan) {
    this.#world = world;
    this.#plan = plan;
    this.actor = world.newActor();
    this.#random = world.random(`consumer ${this.actor}`);
    this.#client = new SimulatedClient(world, node, plan.trouble, {
      up: () => this.#up(),
      down: () => this.#down(),
      pushed: () => {},
    });
    this.#settling = new Settling(world, this.#client, plan);
  }

  get group(): number {
    return this.#plan.group;
  }

  get isIdle(): boolean {
    if (this.#isOver) return true;
    return this.#hand.length === 0 && !this.#isWorking && this.#settling.isIdle;
  }

  /** @returns whether there was anybody to stand still */
  stall(forNs: number): boolean {
    if (this.#isOver) return false;
    this.#client.stall(forNs);
    return true;
  }

  /** @returns whether there was anybody to die */
  crash(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#settling.close();
    this.#client.close();
    this.#world.history.write(EventKind.crashed, { actor: this.actor });
    return true;
  }

  get #who(): Pick<EventRecord, 'actor' | 'group' | 'session'> {
    return { actor: this.actor, group: this.#plan.group, session: this.#session };
  }

  #up(): void {
    this.#session = this.#world.newSession();
    this.#world.history.write(EventKind.sessionOpened, this.#who);
    this.#receive();
  }

  /** What it had belongs to a session that is no more. */
  #down(): void {
    this.#hand = [];
    this.#isReceiving = false;
    this.#world.history.write(EventKind.sessionClosed, this.#who);
  }

  #receive(): void {
    if (this.#isOver || this.#isReceiving || this.#hand.length > 0) return;
    if (!this.#client.isConnected) return;
    this.#isReceiving = true;
    const { queue, most: maxMessages, leaseMs } = this.#plan;
    const mode =
      leaseMs > 0 ? ({ kind: 'lease', leaseMs } as const) : ({ kind: 'delete' } as const);
    // The same until it is answered: what a lost answer had comes again at once.
    const attemptId = leaseMs > 0 ? `${this.actor} ${this.#answered}` : undefined;
    const bounds = { maxMessages, maxBytes: 1 << 20, maxWaitMs: longPollMs };
    const request = { queue, ...bounds, attemptId, mode };
    const body = writeReceive(new ByteWriter(), request).finish();
    const auxNs = this.#world.agenda.nowNs;
    const session = this.#session;
    const { calls, life } = this.#reference;
    const call = calls?.begin('receive');
    const then = (answer: Answer): void => {
      if (this.#isOver || this.#session !== session || answer.kind === 'lost') return;
      this.#isReceiving = false;
      if (answer.kind === 'ok') {
        this.#answered += 1;
        const copies = readReceived(answer.body);
        if (call !== undefined) calls?.end(call, answer, copies.length);
        this.#deliverAll(copies, auxNs, life);
      } else if (call !== undefined) calls?.end(call, answer, 0);
      this.#work();
      const againNs = answer.kind === 'refused' ? afterRefusalNs : soonNs;
      this.#world.agenda.after(againNs, () => this.#receive());
    };
    this.#client.request(Api.receive, body, then, longPollTimeoutMs);
  }

  /** Only the queue itself may have a quota. */
  get #reference(): Pick<Ledger, 'calls' | 'life'> {
    const { reads, ledger } = this.#plan;
    return { calls: reads === 'the queue' ? ledger.calls : undefined, life: ledger.life };
  }

  /** @param life of the broker when they were asked for */
  #deliverAll(received: readonly ReceivedCopy[], auxNs: number, life: number): void {
    const copies = received.flatMap((copy) => {
      const message = decodeMessage(copy.body);
      return message === undefined ? [] : [{ ...message, ...copy }];
    });
    const { reads, most, certainMs, ledger } = this.#plan;
    const made = { copies, most, requestedNs: auxNs, certainMs, life };
    if (reads === 'the queue') ledger.received(made);
    else if (reads === 'dead letters') ledger.buried(made);
    for (const copy of copies) this.#plan.topic?.read(this.#plan.group, copy);
    for (const copy of received) this.#deliver(copy, auxNs);
  }

  #deliver(received: ReceivedCopy, auxNs: number): void {
    const { id, receiveCount, attempt, body } = received;
    const isAgain = attempt > 1;
    // The producer of a topic is told one place only, and copies are in several.
    const placed = this.#plan.reads === 'a queue of a topic' ? 0 : Flag.placed;
    const flags = placed | Flag.pulled | Flag.flagKnown | (isAgain ? Flag.redelivered : 0);
    const where = { ...this.#who, flags, scope: this.#plan.group, positionMajor: id, auxNs };
    const message = decodeMessage(body);
    if (message === undefined) return this.#world.history.write(EventKind.corrupted, where);
    const copy = { ...where, ...message, attempt, ref: this.#plan.certainMs };
    this.#world.history.write(EventKind.deliver, copy);
    if (this.#plan.reads === 'dead letters') {
      this.#tellDeath(received, { ...message, actor: this.actor });
    }
    this.#hand.push({ ...message, id, receiveCount });
  }

  /** A dead letter says why it is one. */
  #tellDeath(
    { movedBy, movedAfter, attempt }: ReceivedCopy,
    of: Pick<EventRecord, 'actor' | 'lane' | 'seq'>,
  ): void {
    this.#world.mark('a dead letter was read');
    if (attempt > 1) return;
    const detail = movedBy === undefined ? DeadLetterCause.missing : causeOf[movedBy];
    const moved = { ...of, group: Group.main, detail, attempt: movedAfter };
    if (movedBy === 'rejected') this.#world.mark('a rejected message became a dead letter');
    this.#world.history.write(EventKind.deadLettered, moved);
  }

  #work(): void {
    const copy = this.#isWorking ? undefined : this.#hand.shift();
    if (copy === undefined) return this.#receive();
    const { leaseMs, processMs, slow } = this.#plan;
    const { lane, seq } = copy;
    const message = { ...this.#who, lane, seq };
    this.#isWorking = true;
    this.#world.history.write(EventKind.processStart, message);
    const [low, high] = processMs;
    const isSlow = leaseMs > 0 && this.#random.unit() * 100 < slow;
    const workMs = isSlow ? leaseMs * 1.5 : low + this.#random.unit() * (high - low);
    const session = this.#session;
    if (isSlow && this.#random.unit() * 100 < this.#plan.extended) this.#extendLater(copy);
    this.#world.agenda.after(workMs * 1e6, () => {
      this.#client.whenAwake(() => {
        this.#isWorking = false;
        this.#world.history.write(EventKind.processDone, message);
        if (leaseMs > 0 && session === this.#session) {
          this.#settling.settle(this.#who, copy, this.#howToSettle(copy));
        }
        this.#work();
      });
    });
  }

  /** The same for every consumer. */
  #isPoison(lane: number, seq: number): boolean {
    return (lane * 31 + seq * 17) % 100 < this.#plan.poison;
  }

  #howToSettle({ lane, seq }: Copy): 'delete' | 'give back' | 'reject' {
    const { requeued, rejected } = this.#plan;
    if (this.#isPoison(lane, seq)) return 'give back';
    const chance = this.#random.unit() * 100;
    if (chance < requeued) return 'give back';
    return chance < requeued + rejected ? 'reject' : 'delete';
  }

  #extendLater(copy: Copy): void {
    const session = this.#session;
    this.#world.agenda.after(this.#plan.leaseMs * extendedAfter * 1e6, () => {
      this.#client.whenAwake(() => {
        if (this.#isOver || session !== this.#session) return;
        this.#settling.settle(this.#who, copy, 'extend');
      });
    });
  }
}
