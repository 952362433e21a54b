import { EventKind, Flag, OutcomeCode } from '../../../harness/core/events.ts';
import type { Random } from '../../../harness/core/random.ts';
import { encodeBatch } from '../../embedded/protocol/batch.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { readSent, writeSendHead } from '../../embedded/protocol/queue-messages.ts';
import type { Answer } from '../../embedded/answer.ts';
import { SimulatedClient } from '../../embedded/simulation/client.ts';
import { noSendOptions } from '../../embedded/protocol/send-options.ts';
import { encodeMessage, type MessageId } from '../../embedded/simulation/message.ts';
import type { SimulatedNode } from '../../embedded/simulation/node.ts';
import type { Ledger } from './ledger.ts';
import type { ConnectionTrouble, SimulatedWorld } from '../../simulation.ts';

export interface ProducerPlan {
  readonly queue: number;
  readonly lanes: number;
  readonly perLane: number;
  /** Each lane is a message group, and its sends name their identity, so that copies are recognised. */
  readonly isFifo: boolean;
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
      ordered: plan.isFifo,
      actor: this.actor,
      route: -1,
    });
    this.#lanesOpen = plan.lanes;
    for (let lane = first; lane < first + plan.lanes; lane += 1) this.#later(lane, 0);
  }

  get isDone(): boolean {
    return this.#isOver || this.#lanesOpen === 0;
  }

  crash(): void {
    if (this.isDone) return;
    this.#isOver = true;
    this.#client.close();
    this.#world.history.write(EventKind.crashed, { actor: this.actor });
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
    this.#send(lane, seq, 1, ownDelayMs === 0 ? 0 : this.#random.below(ownDelayMs + 1));
  }

  #send(lane: number, seq: number, attempt: number, delayMs: number): void {
    if (this.#isOver) return;
    const { history, agenda } = this.#world;
    const send = { actor: this.actor, lane, seq, ticket: history.ticket(), attempt };
    history.write(EventKind.sendInvoke, { ...send, auxNs: agenda.nowNs });
    if (attempt === 1) this.#plan.ledger.sent({ lane, seq }, delayMs || this.#plan.delayMs);
    else this.#world.mark('a message was sent again');
    // Without a connection nothing leaves the client.
    const isSent = this.#client.isConnected;
    this.#client.request(Api.send, this.#request({ lane, seq }, delayMs), (answer) => {
      const outcome = isSent ? outcomeOf(answer) : OutcomeCode.fail;
      const [id = 0] = answer.kind === 'ok' ? readSent(answer.body, 1) : [];
      if (answer.kind === 'ok') this.#plan.ledger.stored({ lane, seq }, id);
      const isPlaced = answer.kind === 'ok';
      const place = isPlaced ? { flags: Flag.placed, scope: 0, positionMajor: id } : {};
      history.write(EventKind.sendSettled, { ...send, outcome, ref: 1, ...place });
      if (outcome === OutcomeCode.ok || !this.#plan.retries) return this.#later(lane, seq + 1);
      agenda.after(retryAfterNs, () => this.#send(lane, seq, attempt + 1, delayMs));
    });
  }

  #request({ lane, seq }: MessageId, delayMs: number): Buffer {
    const { queue, isFifo } = this.#plan;
    const name = { group: `${lane}`, deduplicationId: `${lane}-${seq}` };
    const options = isFifo || delayMs > 0 ? [{ ...(isFifo ? name : noSendOptions), delayMs }] : [];
    const head = writeSendHead(new ByteWriter(), queue, options);
    const message = { key: undefined, headers: undefined, body: encodeMessage({ lane, seq }) };
    return head.bytes(encodeBatch([message])).finish();
  }
}

function outcomeOf(answer: Answer): OutcomeCode {
  if (answer.kind === 'ok') return OutcomeCode.ok;
  return answer.kind === 'lost' ? OutcomeCode.unknown : OutcomeCode.fail;
}
