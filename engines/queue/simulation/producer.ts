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
import { UsedIds } from './used-ids.ts';

/** What a send says of itself. By `content` its body tells whether it is a copy. */
export type SendIdentity =
  | { readonly kind: 'none'; readonly anew?: undefined }
  /** Each lane is a message group. */
  | {
      readonly kind: 'message-groups';
      readonly copiesBy: 'id' | 'content';
      /** Nothing is sent again later than that after the first time, because it would be taken for new. */
      readonly againMs: number;
      /** Present: ids of messages whose window has ended are used anew, and each lane rests once for that. */
      readonly anew?: {
        /** The message of a lane before which it rests. */
        readonly restsBefore: number;
        /** From when its answer was there, or from when the broker was seen up, by the world's clock. */
        readonly afterMs: number;
      };
    };

/** Where the messages of a lane go, and what they have for a filter to look at. */
export interface LaneRoute {
  /** Index into the cell's routes; -1: to every group. */
  readonly route: number;
  readonly headers: Buffer | undefined;
}

export const unrouted: LaneRoute = { route: -1, headers: undefined };

export interface ProducerPlan {
  readonly queue: number;
  readonly lanes: readonly LaneRoute[];
  readonly perLane: number;
  readonly identity: SendIdentity;
  readonly pauseMs: readonly [low: number, high: number];
  /** Sends again what was not answered. */
  readonly retries: boolean;
  /** From an answer that never came, or a refusal, to the next attempt. */
  readonly retryAfterMs: number;
  /** Of a hundred messages that were stored, those that are sent again all the same, much later. */
  readonly repeated: number;
  /** The longest delay of a single message; 0: none has any. */
  readonly ownDelayMs: number;
  /** Of every message. */
  readonly delayMs: number;
  readonly ledger: Ledger;
  readonly trouble: ConnectionTrouble;
}

const repeatedAfterMs = [20, 400] as const;

interface Sending extends MessageId {
  readonly delayMs: number;
  /** What copies of it are known by, where they are known by an id. */
  readonly deduplicationId: string;
  /** Under an id of another message, whose window has ended. */
  readonly isAnew: boolean;
  readonly isRepeat: boolean;
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
  readonly #used: UsedIds | undefined;
  /** By lane. */
  readonly #headers = new Map<number, Buffer | undefined>();
  #lanesOpen: number;
  /** Messages that are to be sent again. */
  #repeats = 0;
  #isOver = false;

  constructor(world: SimulatedWorld, node: SimulatedNode, plan: ProducerPlan) {
    this.#world = world;
    this.#plan = plan;
    this.actor = world.newActor();
    this.#random = world.random(`producer ${this.actor}`);
    this.#used = plan.identity.anew && new UsedIds(plan.identity.anew.afterMs);
    this.#client = new SimulatedClient(world, node, plan.trouble, {
      up: () => this.#used?.connected(),
      down: () => {},
      pushed: () => {},
    });
    this.#lanesOpen = plan.lanes.length;
    const ordered = plan.identity.kind === 'message-groups';
    for (const { route, headers } of plan.lanes) {
      const lane = world.newLanes(1, { ordered, actor: this.actor, route });
      this.#headers.set(lane, headers);
      this.#later(lane, 0);
    }
  }

  get #isToTopic(): boolean {
    return this.#plan.lanes.some(({ route }) => route >= 0);
  }

  get isDone(): boolean {
    return this.#isOver || (this.#lanesOpen === 0 && this.#repeats === 0);
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
    const pauseMs = low + this.#random.unit() * (high - low);
    const { anew } = this.#plan.identity;
    const restMs = seq === anew?.restsBefore ? anew.afterMs : 0;
    this.#world.agenda.after((pauseMs + restMs) * 1e6, () => this.#begin(lane, seq));
  }

  #begin(lane: number, seq: number): void {
    const { ownDelayMs } = this.#plan;
    const delayMs = ownDelayMs === 0 ? 0 : this.#random.below(ownDelayMs + 1);
    const firstNs = this.#world.agenda.nowNs;
    const usedId = this.#used?.take(firstNs);
    if (usedId !== undefined) {
      this.#world.mark('a deduplication id was used anew after its window');
    }
    const deduplicationId = usedId ?? `${lane}-${seq}`;
    const isAnew = usedId !== undefined;
    this.#send({ lane, seq, delayMs, deduplicationId, isAnew, isRepeat: false, firstNs }, 1);
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
    const call = ledger.calls?.begin('send');
    this.#client.request(Api.send, this.#request(sending), (answer) => {
      if (call !== undefined) ledger.calls?.end(call, answer, 1);
      const outcome = isSent ? outcomeOf(answer) : OutcomeCode.fail;
      const [id = 0] = answer.kind === 'ok' ? readSent(answer.body, 1) : [];
      if (answer.kind === 'ok') this.#stored(sending, id);
      // Of the places of a copy in each of several queues, none says more than the others.
      const isPlaced = answer.kind === 'ok' && !this.#isToTopic;
      // Ids grow, so it was stored before this attempt.
      if (isPlaced && id <= newestId) this.#world.mark('a copy of a send was recognised');
      const place = isPlaced ? { flags: Flag.placed, scope: 0, positionMajor: id } : {};
      history.write(EventKind.sendSettled, { ...send, outcome, ref: 1, ...place });
      if (sending.isRepeat) return;
      if (outcome === OutcomeCode.ok) this.#perhapsRepeat(sending, attempt);
      if (outcome === OutcomeCode.ok || !this.#plan.retries) return this.#later(lane, seq + 1);
      const afterNs = this.#plan.retryAfterMs * 1e6;
      agenda.after(afterNs, () => this.#again(sending, attempt + 1));
    });
  }

  /** Nobody needs it, and a window is there for it. */
  #perhapsRepeat(sending: Sending, attempt: number): void {
    const { repeated } = this.#plan;
    if (repeated === 0 || this.#random.unit() * 100 >= repeated) return;
    const [least, most] = repeatedAfterMs;
    this.#repeats += 1;
    this.#world.agenda.after((least + this.#random.unit() * (most - least)) * 1e6, () => {
      this.#repeats -= 1;
      this.#send({ ...sending, isRepeat: true }, attempt + 1);
    });
  }

  #stored(sending: Sending, id: number): void {
    const { nowNs } = this.#world.agenda;
    this.#used?.answered(nowNs);
    this.#used?.stored(sending.deduplicationId, nowNs);
    this.#plan.ledger.stored(sending, id);
  }

  #again(sending: Sending, attempt: number): void {
    const { identity } = this.#plan;
    const { lane, seq, firstNs } = sending;
    const passedMs = (this.#world.agenda.nowNs - firstNs) / 1e6;
    // A restart makes windows longer, and the one that had ended may be open again.
    const isLate =
      identity.kind === 'message-groups' && (passedMs > identity.againMs || sending.isAnew);
    if (!isLate) return this.#send(sending, attempt);
    this.#world.mark('a send was given up before its window ended');
    this.#later(lane, seq + 1);
  }

  #request(sending: Sending): Buffer {
    const { lane, seq, delayMs } = sending;
    const { queue, identity } = this.#plan;
    const isNamed = identity.kind !== 'none';
    const options = isNamed || delayMs > 0 ? [{ ...nameOf(sending, identity), delayMs }] : [];
    const head = writeSendHead(new ByteWriter(), queue, options);
    const message = {
      key: undefined,
      headers: this.#headers.get(lane),
      body: encodeMessage({ lane, seq }),
    };
    return head.bytes(encodeBatch([message])).finish();
  }
}

function nameOf(
  { lane, deduplicationId: id }: Sending,
  identity: SendIdentity,
): Omit<SendOptions, 'delayMs'> {
  if (identity.kind === 'none') return noSendOptions;
  const deduplicationId = identity.copiesBy === 'id' ? id : undefined;
  return { group: `${lane}`, deduplicationId };
}

function outcomeOf(answer: Answer): OutcomeCode {
  if (answer.kind === 'ok') return OutcomeCode.ok;
  return answer.kind === 'lost' ? OutcomeCode.unknown : OutcomeCode.fail;
}
