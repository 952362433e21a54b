import { EventKind, Flag, OutcomeCode } from '../../../harness/core/events.ts';
import type { Random } from '../../../harness/core/random.ts';
import { encodeBatch } from '../../embedded/protocol/batch.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { readSent, writeSendHead } from '../../embedded/protocol/queue-messages.ts';
import type { Answer } from '../../embedded/answer.ts';
import { SimulatedClient } from '../../embedded/simulation/client.ts';
import { noSendOptions, type SendOptions } from '../../embedded/protocol/send-options.ts';
import { encodeMessage, type MessageId } from '../../embedded/simulation/message.ts';
import type { SimulatedNode } from '../../embedded/simulation/node.ts';
import type { Ledger } from './ledger.ts';
import type { ConnectionTrouble, SimulatedWorld } from '../../simulation.ts';

/** What a send says of itself. By `content` its body tells whether it is a copy. */
export type SendIdentity =
  | { readonly kind: 'none' }
  /** Each lane is a message group. */
  | {
      readonly kind: 'message-groups';
      readonly copiesBy: 'id' | 'content';
      /** Nothing is sent again later than that after the first time, because it would be taken for new. */
      readonly againMs: number;
    };

export interface ProducerPlan {
  readonly queue: number;
  readonly lanes: number;
  readonly perLane: number;
  readonly identity: SendIdentity;
  readonly pauseMs: readonly [low: number, high: number];
  /** Sends again what was not answered. */
  readonly retries: boolean;
  /** The longest delay of a single message; 0: none has any. */
  readonly ownDelayMs: number;
  /** Of every message. */
  readonly delayMs: number;
  readonly ledger: Ledger;
  readonly trouble: ConnectionTrouble;
}

const retryAfterNs = 20e6;

interface Sending extends MessageId {
  readonly delayMs: number;
  /** When it was sent for the first time. */
  readonly firstNs: number;
}

/** Writes its lanes side by side, one message of a lane after the other. */
export class SimulatedProducer {
  readonly actor: number;
  readonly #world: SimulatedWorld;
  readonly #plan: ProducerPlan;
  readonly #client: SimulatedClient;
  readonly #random: Random;
  #lanesOpen: number;
  #isOver = false;

  constructor(world: SimulatedWorld, node: SimulatedNode, plan: ProducerPlan) {
    this.#world = world;
    this.#plan = plan;
    this.actor = world.newActor();
    this.#random = world.random(`producer ${this.actor}`);
    this.#client = new SimulatedClient(world, node, plan.trouble, {
      up: () => {},
      down: () => {},
      pushed: () => {},
    });
    const first = world.newLanes(plan.lanes, {
      ordered: plan.identity.kind === 'message-groups',
      actor: this.actor,
      route: -1,
    });
    this.#lanesOpen = plan.lanes;
    for (let lane = first; lane < first + plan.lanes; lane += 1) this.#later(lane, 0);
  }

  get isDone(): boolean {
    return this.#isOver || this.#lanesOpen === 0;
  }

  /** @returns whether there was anybody to die */
  crash(): boolean {
    if (this.isDone) return false;
    this.#isOver = true;
    this.#client.close();
    this.#world.history.write(EventKind.crashed, { actor: this.actor });
    return true;
  }

  #later(lane: number, seq: number): void {
    if (seq >= this.#plan.perLane) {
      this.#lanesOpen -= 1;
      return;
    }
    const [low, high] = this.#plan.pauseMs;
    const pauseNs = (low + this.#random.unit() * (high - low)) * 1e6;
    this.#world.agenda.after(pauseNs, () => this.#begin(lane, seq));
  }

  #begin(lane: number, seq: number): void {
    const { ownDelayMs } = this.#plan;
    const delayMs = ownDelayMs === 0 ? 0 : this.#random.below(ownDelayMs + 1);
    this.#send({ lane, seq, delayMs, firstNs: this.#world.agenda.nowNs }, 1);
  }

  #send(sending: Sending, attempt: number): void {
    if (this.#isOver) return;
    const { history, agenda } = this.#world;
    const { ledger } = this.#plan;
    const { lane, seq, delayMs } = sending;
    const send = { actor: this.actor, lane, seq, ticket: history.ticket(), attempt };
    history.write(EventKind.sendInvoke, { ...send, auxNs: agenda.nowNs });
    ledger.sent({ lane, seq }, attempt, delayMs || this.#plan.delayMs);
    if (attempt > 1) this.#world.mark('a message was sent again');
    const { newestId } = ledger;
    // Without a connection nothing leaves the client.
    const isSent = this.#client.isConnected;
    this.#client.request(Api.send, this.#request(sending), (answer) => {
      const outcome = isSent ? outcomeOf(answer) : OutcomeCode.fail;
      const [id = 0] = answer.kind === 'ok' ? readSent(answer.body, 1) : [];
      if (answer.kind === 'ok') ledger.stored({ lane, seq }, id);
      const isPlaced = answer.kind === 'ok';
      // Ids grow, so it was stored before this attempt.
      if (isPlaced && id <= newestId) this.#world.mark('a copy of a send was recognised');
      const place = isPlaced ? { flags: Flag.placed, scope: 0, positionMajor: id } : {};
      history.write(EventKind.sendSettled, { ...send, outcome, ref: 1, ...place });
      if (outcome === OutcomeCode.ok || !this.#plan.retries) return this.#later(lane, seq + 1);
      agenda.after(retryAfterNs, () => this.#again(sending, attempt + 1));
    });
  }

  #again(sending: Sending, attempt: number): void {
    const { identity } = this.#plan;
    const { lane, seq, firstNs } = sending;
    const passedMs = (this.#world.agenda.nowNs - firstNs) / 1e6;
    const isLate = identity.kind === 'message-groups' && passedMs > identity.againMs;
    if (!isLate) return this.#send(sending, attempt);
    this.#world.mark('a send was given up before its window ended');
    this.#later(lane, seq + 1);
  }

  #request({ lane, seq, delayMs }: Sending): Buffer {
    const { queue, identity } = this.#plan;
    const isNamed = identity.kind !== 'none';
    const options = isNamed || delayMs > 0 ? [{ ...nameOf({ lane, seq }, identity), delayMs }] : [];
    const head = writeSendHead(new ByteWriter(), queue, options);
    const message = { key: undefined, headers: undefined, body: encodeMessage({ lane, seq }) };
    return head.bytes(encodeBatch([message])).finish();
  }
}

function nameOf({ lane, seq }: MessageId, identity: SendIdentity): Omit<SendOptions, 'delayMs'> {
  if (identity.kind === 'none') return noSendOptions;
  const deduplicationId = identity.copiesBy === 'id' ? `${lane}-${seq}` : undefined;
  return { group: `${lane}`, deduplicationId };
}

function outcomeOf(answer: Answer): OutcomeCode {
  if (answer.kind === 'ok') return OutcomeCode.ok;
  return answer.kind === 'lost' ? OutcomeCode.unknown : OutcomeCode.fail;
}
