import { EventKind, Flag, OutcomeCode } from '../../../harness/core/events.ts';
import type { Random } from '../../../harness/core/random.ts';
import { encodeBatch } from '../../embedded/protocol/batch.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { readSent, writeSendHead } from '../../embedded/protocol/queue-messages.ts';
import type { Answer } from '../../embedded/answer.ts';
import { SimulatedClient } from '../../embedded/simulation/client.ts';
import { encodeMessage } from '../../embedded/simulation/message.ts';
import type { SimulatedNode } from '../../embedded/simulation/node.ts';
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
    this.#world.agenda.after(pauseNs, () => this.#send(lane, seq, 1));
  }

  #send(lane: number, seq: number, attempt: number): void {
    if (this.#isOver) return;
    const { history, agenda } = this.#world;
    const send = { actor: this.actor, lane, seq, ticket: history.ticket(), attempt };
    history.write(EventKind.sendInvoke, { ...send, auxNs: agenda.nowNs });
    if (attempt > 1) this.#world.mark('a message was sent again');
    const message = { key: undefined, headers: undefined, body: encodeMessage({ lane, seq }) };
    const { queue, isFifo } = this.#plan;
    const options = { group: `${lane}`, deduplicationId: `${lane}-${seq}`, delayMs: 0 };
    const head = writeSendHead(new ByteWriter(), queue, isFifo ? [options] : undefined);
    const body = head.bytes(encodeBatch([message]));
    // Without a connection nothing leaves the client.
    const isSent = this.#client.isConnected;
    this.#client.request(Api.send, body.finish(), (answer) => {
      const outcome = isSent ? outcomeOf(answer) : OutcomeCode.fail;
      const place =
        answer.kind === 'ok'
          ? { flags: Flag.placed, scope: 0, positionMajor: readSent(answer.body, 1)[0] ?? 0 }
          : {};
      history.write(EventKind.sendSettled, { ...send, outcome, ref: 1, ...place });
      if (outcome === OutcomeCode.ok || !this.#plan.retries) return this.#later(lane, seq + 1);
      agenda.after(retryAfterNs, () => this.#send(lane, seq, attempt + 1));
    });
  }
}

function outcomeOf(answer: Answer): OutcomeCode {
  if (answer.kind === 'ok') return OutcomeCode.ok;
  return answer.kind === 'lost' ? OutcomeCode.unknown : OutcomeCode.fail;
}
