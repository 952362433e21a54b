import {
  EventKind,
  type EventRecord,
  OutcomeCode,
  SettlementCode,
} from '../../../harness/core/events.ts';
import type { Answer } from '../../embedded/answer.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { Api, Status } from '../../embedded/protocol/protocol.ts';
import { readSettled, writeReceipts } from '../../embedded/protocol/queue-messages.ts';
import type { SimulatedClient } from '../../embedded/simulation/client.ts';
import type { MessageId } from '../../embedded/simulation/message.ts';
import type { SimulatedWorld } from '../../simulation.ts';
import type { Ledger } from './ledger.ts';
import type { Call, ReadQueue } from './reference.ts';

export interface Copy extends MessageId {
  readonly id: number;
  readonly receiveCount: number;
}

export type Settlement = 'delete' | 'give back' | 'reject' | 'extend';

const codeOf = {
  delete: SettlementCode.acknowledge,
  'give back': SettlementCode.requeue,
  reject: SettlementCode.reject,
  extend: SettlementCode.extend,
} as const satisfies Record<Settlement, number>;

const apiOf = {
  delete: Api.remove,
  'give back': Api.changeVisibility,
  reject: Api.reject,
  extend: Api.changeVisibility,
} as const satisfies Record<Settlement, number>;

const actionOf = {
  delete: 'delete',
  'give back': 'change-visibility',
  reject: 'delete',
  extend: 'change-visibility',
} as const satisfies Record<Settlement, Call['action']>;

type Who = Pick<EventRecord, 'actor' | 'group' | 'session'>;

export interface SettlingPlan {
  readonly queue: number;
  /** Of an extension, from when it is carried out. */
  readonly leaseMs: number;
  /** What of it is certain by the world's clock. */
  readonly certainMs: number;
  readonly ledger: Ledger;
  readonly reads: ReadQueue;
}

/** Ends what a consumer holds, or holds it for longer, and writes down how the broker answered. */
export class Settling {
  readonly #world: SimulatedWorld;
  readonly #client: SimulatedClient;
  readonly #plan: SettlingPlan;
  #unanswered = 0;
  #isOver = false;

  constructor(world: SimulatedWorld, client: SimulatedClient, plan: SettlingPlan) {
    this.#world = world;
    this.#client = client;
    this.#plan = plan;
  }

  get isIdle(): boolean {
    return this.#unanswered === 0;
  }

  /** Nobody hears any answer from now on. */
  close(): void {
    this.#isOver = true;
  }

  settle(who: Who, copy: Copy, how: Settlement): void {
    const { history } = this.#world;
    const { ledger, certainMs } = this.#plan;
    const { lane, seq } = copy;
    const ref = how === 'extend' ? certainMs : 0;
    const settlement = { ...who, lane, seq, ticket: history.ticket(), detail: codeOf[how], ref };
    if (how === 'give back') this.#world.mark('a message was given back');
    if (how === 'reject') this.#world.mark('a message was rejected');
    if (how !== 'extend') ledger.settling(copy, how);
    history.write(EventKind.settleInvoke, settlement);
    this.#unanswered += 1;
    // Only the queue itself may have a quota.
    const calls = this.#plan.reads === 'the queue' ? ledger.calls : undefined;
    const call = calls?.begin(actionOf[how]);
    this.#client.request(apiOf[how], this.#request(copy, how), (answer) => {
      this.#unanswered -= 1;
      if (this.#isOver) return;
      if (call !== undefined) calls?.end(call, answer, 1);
      const { outcome, isGone } = settledBy(answer);
      if (isGone) ledger.gone(copy, how);
      if (outcome === OutcomeCode.fail) this.#world.mark('a receipt was refused');
      if (outcome === OutcomeCode.ok) this.#done(copy, how);
      history.write(EventKind.settleSettled, { ...settlement, outcome });
    });
  }

  #done(copy: Copy, how: Settlement): void {
    if (how === 'delete') this.#plan.ledger.deleted(copy.id);
    if (how === 'reject') this.#plan.ledger.rejected(copy.id);
    if (how === 'extend') this.#world.mark('a lease was extended');
  }

  #request({ id, receiveCount }: Copy, how: Settlement): Buffer {
    const request = writeReceipts(new ByteWriter(), this.#plan.queue, [{ id, receiveCount }]);
    if (how === 'extend') return request.u32(this.#plan.leaseMs).finish();
    return how === 'give back' ? request.u32(0).finish() : request.finish();
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
