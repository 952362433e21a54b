import {
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  SettlementCode,
} from '../../../harness/core/events.ts';
import type { Random } from '../../../harness/core/random.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { Api, Status } from '../../embedded/protocol/protocol.ts';
import {
  readReceived,
  readSettled,
  type ReceivedCopy,
  writeReceipts,
  writeReceive,
} from '../../embedded/protocol/queue-messages.ts';
import type { Answer } from '../../embedded/answer.ts';
import { SimulatedClient } from '../../embedded/simulation/client.ts';
import { decodeMessage, type MessageId } from '../../embedded/simulation/message.ts';
import type { SimulatedNode } from '../../embedded/simulation/node.ts';
import type { ConnectionTrouble, SimulatedWorld } from '../../simulation.ts';
import { Group } from './facts.ts';
import type { Ledger } from './ledger.ts';

export interface ConsumerPlan {
  readonly queue: number;
  /** In the history; its queue is the scope of the same number. */
  readonly group: number;
  /** 0: received is deleted. */
  readonly leaseMs: number;
  /** What of it is certain by the world's clock: the broker's may run faster. */
  readonly certainMs: number;
  readonly most: number;
  readonly processMs: readonly [low: number, high: number];
  /** Copies of a hundred that are worked on for longer than their lease. */
  readonly slow: number;
  /** Copies of a hundred that are given back instead of being deleted. */
  readonly requeued: number;
  /** Messages of a hundred that nobody can process: whoever has them gives them back. */
  readonly poison: number;
  readonly ledger: Ledger;
  readonly trouble: ConnectionTrouble;
}

interface Copy extends MessageId {
  readonly id: number;
  readonly receiveCount: number;
}

const longPollMs = 20;
const longPollTimeoutMs = 200;

/** Receives, works on one copy after the other, and deletes what is done. */
export class SimulatedConsumer {
  readonly actor: number;
  readonly #world: SimulatedWorld;
  readonly #plan: ConsumerPlan;
  readonly #client: SimulatedClient;
  readonly #random: Random;
  #session = 0;
  #hand: Copy[] = [];
  #isWorking = false;
  #isReceiving = false;
  #unanswered = 0;
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
  }

  get group(): number {
    return this.#plan.group;
  }

  get isIdle(): boolean {
    if (this.#isOver) return true;
    return this.#hand.length === 0 && !this.#isWorking && this.#unanswered === 0;
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
    const then = (answer: Answer): void => {
      if (this.#isOver || this.#session !== session || answer.kind === 'lost') return;
      this.#isReceiving = false;
      if (answer.kind === 'ok') {
        this.#answered += 1;
        this.#deliverAll(readReceived(answer.body), auxNs);
      }
      this.#work();
      this.#world.agenda.after(1e5, () => this.#receive());
    };
    this.#client.request(Api.receive, body, then, longPollTimeoutMs);
  }

  #deliverAll(received: readonly ReceivedCopy[], auxNs: number): void {
    const copies = received.flatMap(({ id, attempt, receiveCount, body }) => {
      const message = decodeMessage(body);
      return message === undefined ? [] : [{ ...message, id, attempt, receiveCount }];
    });
    const { group, most, certainMs, ledger } = this.#plan;
    if (group === Group.main) ledger.received({ copies, most, requestedNs: auxNs, certainMs });
    for (const copy of received) this.#deliver(copy, auxNs);
  }

  #deliver({ id, receiveCount, attempt, body }: ReceivedCopy, auxNs: number): void {
    const isAgain = attempt > 1;
    const flags = Flag.placed | Flag.pulled | Flag.flagKnown | (isAgain ? Flag.redelivered : 0);
    const where = { ...this.#who, flags, scope: this.#plan.group, positionMajor: id, auxNs };
    const message = decodeMessage(body);
    if (message === undefined) return this.#world.history.write(EventKind.corrupted, where);
    const copy = { ...where, ...message, attempt, ref: this.#plan.certainMs };
    this.#world.history.write(EventKind.deliver, copy);
    if (this.#plan.group === Group.deadLetters) this.#world.mark('a dead letter was read');
    this.#hand.push({ ...message, id, receiveCount });
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
    this.#world.agenda.after(workMs * 1e6, () => {
      this.#client.whenAwake(() => {
        this.#isWorking = false;
        this.#world.history.write(EventKind.processDone, message);
        if (leaseMs > 0 && session === this.#session) this.#settle(copy);
        this.#work();
      });
    });
  }

  /** The same for every consumer. */
  #isPoison(lane: number, seq: number): boolean {
    return (lane * 31 + seq * 17) % 100 < this.#plan.poison;
  }

  #settle({ lane, seq, id, receiveCount }: Copy): void {
    const { history } = this.#world;
    const ticket = history.ticket();
    const { queue, requeued } = this.#plan;
    const isGivenBack = this.#isPoison(lane, seq) || this.#random.unit() * 100 < requeued;
    const detail = isGivenBack ? SettlementCode.requeue : SettlementCode.acknowledge;
    if (isGivenBack) this.#world.mark('a message was given back');
    const how = isGivenBack ? 'give back' : 'delete';
    this.#plan.ledger.settling({ lane, seq }, how);
    const settlement = { ...this.#who, lane, seq, ticket, detail };
    history.write(EventKind.settleInvoke, settlement);
    this.#unanswered += 1;
    const request = writeReceipts(new ByteWriter(), queue, [{ id, receiveCount }]);
    const body = isGivenBack ? request.u32(0).finish() : request.finish();
    this.#client.request(isGivenBack ? Api.changeVisibility : Api.remove, body, (answer) => {
      this.#unanswered -= 1;
      if (this.#isOver) return;
      const { outcome, isGone } = settledBy(answer);
      if (isGone) this.#plan.ledger.gone({ lane, seq }, how);
      if (outcome === OutcomeCode.fail) this.#world.mark('a receipt was refused');
      if (outcome === OutcomeCode.ok && !isGivenBack) this.#plan.ledger.deleted(id);
      history.write(EventKind.settleSettled, { ...settlement, outcome });
    });
  }
}

/** How the one receipt of a request stood. */
function settledBy(answer: Answer): { readonly outcome: OutcomeCode; readonly isGone: boolean } {
  if (answer.kind === 'lost') return { outcome: OutcomeCode.unknown, isGone: false };
  if (answer.kind === 'refused') return { outcome: OutcomeCode.fail, isGone: false };
  const refusal = readSettled(answer.body).get(0);
  if (refusal === undefined) return { outcome: OutcomeCode.ok, isGone: false };
  return { outcome: OutcomeCode.fail, isGone: refusal === Status.gone };
}
