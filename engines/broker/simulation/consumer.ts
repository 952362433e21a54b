import {
  DeadLetterCause,
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  SettlementCode,
} from '../../../harness/core/events.ts';
import type { Random } from '../../../harness/core/random.ts';
import type { Answer } from '../../embedded/answer.ts';
import {
  type CopyDelivery,
  deliveriesBefore,
  lastDeathReason,
} from '../../embedded/broker/copy-delivery.ts';
import type { SettleHow } from '../../embedded/broker/requests.ts';
import { decodeHeaders } from '../../embedded/protocol/batch.ts';
import {
  readDeliveries,
  writeGrant,
  writeSettle,
  writeSubscribe,
} from '../../embedded/protocol/broker-messages.ts';
import { type ByteReader, ByteWriter } from '../../embedded/protocol/bytes.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { readSettled } from '../../embedded/protocol/queue-messages.ts';
import { SimulatedClient } from '../../embedded/simulation/client.ts';
import { decodeMessage, type MessageId } from '../../embedded/simulation/message.ts';
import type { SimulatedBroker } from '../../embedded/simulation/serving.ts';
import type { ConnectionTrouble, SimulatedWorld } from '../../simulation.ts';
import type { Consumption } from '../../engine.ts';
import { deadLetterGroup, mainGroup } from './topology.ts';

export interface ConsumerPlan {
  readonly queue: number;
  /** In the history. */
  readonly group: number;
  readonly consumption: Consumption;
  /** Copies that it asks for ahead. */
  readonly credit: number;
  readonly prefetch: number;
  readonly processMs: readonly [low: number, high: number];
  /** Copies of a hundred that are given back, and that are rejected, instead of being acknowledged. */
  readonly requeued: number;
  readonly rejected: number;
  /** Messages of a hundred that nobody can process: whoever has them gives them back. */
  readonly poison: number;
  readonly trouble: ConnectionTrouble;
}

interface Copy extends MessageId {
  readonly tag: number;
  /** Its connection's: a tag is worth nothing on another. */
  readonly session: number;
}

const settleAgainNs = 20e6;

const codeOf = {
  acknowledge: SettlementCode.acknowledge,
  requeue: SettlementCode.requeue,
  reject: SettlementCode.reject,
} as const satisfies Readonly<Record<SettleHow, number>>;

const causeOf: Readonly<Record<string, number>> = {
  delivery_limit: DeadLetterCause.attempts,
  rejected: DeadLetterCause.rejected,
};

/** Subscribes, works on one copy after the other, settles it, and asks for one more. */
export class SimulatedConsumer {
  readonly actor: number;
  readonly #world: SimulatedWorld;
  readonly #plan: ConsumerPlan;
  readonly #client: SimulatedClient;
  readonly #random: Random;
  #session = 0;
  #subscription = 0;
  #hand: Copy[] = [];
  #isWorking = false;
  /** Settlements that are not answered, or will be asked for again. */
  #unsettled = 0;
  #isOver = false;

  constructor(world: SimulatedWorld, node: SimulatedBroker, plan: ConsumerPlan) {
    this.#world = world;
    this.#plan = plan;
    this.actor = world.newActor();
    this.#random = world.random(`consumer ${this.actor}`);
    this.#client = new SimulatedClient(world, node, plan.trouble, {
      up: () => this.#up(),
      down: () => this.#down(),
      pushed: (api, body) => this.#pushed(api, body),
    });
  }

  get group(): number {
    return this.#plan.group;
  }

  get isIdle(): boolean {
    if (this.#isOver) return true;
    return this.#hand.length === 0 && !this.#isWorking && this.#unsettled === 0;
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

  get #isAutomatic(): boolean {
    return this.#plan.consumption === 'automatic';
  }

  #up(): void {
    const session = this.#world.newSession();
    const { queue, prefetch, credit } = this.#plan;
    this.#session = session;
    const ref = this.#isAutomatic ? 0 : prefetch;
    this.#world.history.write(EventKind.sessionOpened, { ...this.#who, ref });
    const acknowledge = this.#isAutomatic ? 'automatic' : 'manual';
    const spec = { queue, acknowledge, prefetch, exclusive: false } as const;
    const subscribe = writeSubscribe(new ByteWriter(), spec).finish();
    this.#client.request(Api.subscribe, subscribe, (answer) => {
      if (answer.kind !== 'ok' || session !== this.#session) return;
      this.#subscription = answer.body.u32();
      this.#ask(credit);
    });
  }

  /** What it had belongs to a session that is no more. */
  #down(): void {
    this.#hand = [];
    this.#world.history.write(EventKind.sessionClosed, this.#who);
  }

  #ask(credit: number): void {
    const grant = writeGrant(new ByteWriter(), this.#subscription, credit).finish();
    this.#client.request(Api.grant, grant, () => {});
  }

  #pushed(api: number, body: ByteReader): void {
    if (this.#isOver || api !== Api.deliver) return;
    for (const copy of readDeliveries(body).copies) this.#deliver(copy);
    this.#work();
  }

  #deliver({ tag, attempt, headers, body }: CopyDelivery): void {
    const { history } = this.#world;
    const flags = Flag.flagKnown | (attempt > 1 ? Flag.redelivered : 0);
    const message = decodeMessage(body);
    if (message === undefined) return history.write(EventKind.corrupted, { ...this.#who, flags });
    if (this.#plan.group === deadLetterGroup) this.#tellDeath(message, attempt, headers);
    history.write(EventKind.deliver, { ...this.#who, ...message, flags, attempt });
    this.#hand.push({ ...message, tag, session: this.#session });
  }

  /** The headers of a dead letter say why it is one. */
  #tellDeath(message: MessageId, attempt: number, headers: Buffer | undefined): void {
    this.#world.mark('a dead letter was read');
    if (attempt > 1) return;
    const told = decodeHeaders(headers) ?? {};
    const detail = causeOf[told[lastDeathReason] ?? ''] ?? DeadLetterCause.missing;
    const deliveries = Number(told[deliveriesBefore] ?? 0);
    const moved = { actor: this.actor, group: mainGroup, ...message, detail, attempt: deliveries };
    this.#world.history.write(EventKind.deadLettered, moved);
  }

  #work(): void {
    const copy = this.#isWorking ? undefined : this.#hand.shift();
    if (copy === undefined) return;
    this.#isWorking = true;
    if (this.#plan.consumption === 'settle-before-processing') {
      this.#settle(copy, 'acknowledge');
    }
    const { lane, seq } = copy;
    const message = { ...this.#who, lane, seq };
    this.#world.history.write(EventKind.processStart, message);
    const [low, high] = this.#plan.processMs;
    const workMs = low + this.#random.unit() * (high - low);
    this.#world.agenda.after(workMs * 1e6, () => {
      this.#client.whenAwake(() => {
        this.#isWorking = false;
        this.#world.history.write(EventKind.processDone, message);
        if (this.#plan.consumption === 'settle-after-processing') {
          this.#settle(copy, this.#howToSettle(lane, seq));
        }
        if (copy.session === this.#session && this.#client.isConnected) this.#ask(1);
        this.#work();
      });
    });
  }

  #howToSettle(lane: number, seq: number): SettleHow {
    const { poison, requeued, rejected } = this.#plan;
    // The same for every consumer.
    if ((lane * 31 + seq * 17) % 100 < poison) return 'requeue';
    const chance = this.#random.unit() * 100;
    if (chance < requeued) return 'requeue';
    return chance < requeued + rejected ? 'reject' : 'acknowledge';
  }

  #settle(copy: Copy, how: SettleHow): void {
    const { history, agenda } = this.#world;
    const { lane, seq, tag, session } = copy;
    if (session !== this.#session || !this.#client.isConnected) return;
    if (how === 'requeue') this.#world.mark('a message was given back');
    if (how === 'reject') this.#world.mark('a message was rejected');
    const ticket = history.ticket();
    const settlement = { ...this.#who, lane, seq, ticket, detail: codeOf[how] };
    history.write(EventKind.settleInvoke, settlement);
    this.#unsettled += 1;
    const request = { consumer: this.#subscription, how, tags: [tag] };
    const body = writeSettle(new ByteWriter(), request).finish();
    this.#client.request(Api.settle, body, (answer) => {
      if (this.#isOver) return;
      const outcome = outcomeOf(answer);
      history.write(EventKind.settleSettled, { ...settlement, outcome });
      if (answer.kind !== 'refused') this.#unsettled -= 1;
      else {
        // The journal was full; the copy is still in its hands.
        agenda.after(settleAgainNs, () => {
          this.#unsettled -= 1;
          if (!this.#isOver) this.#settle(copy, how);
        });
      }
    });
  }
}

function outcomeOf(answer: Answer): OutcomeCode {
  if (answer.kind === 'lost') return OutcomeCode.unknown;
  if (answer.kind === 'refused') return OutcomeCode.fail;
  return readSettled(answer.body).size === 0 ? OutcomeCode.ok : OutcomeCode.fail;
}
