import { EventKind, OutcomeCode } from '../../../harness/core/events.ts';
import type { Random } from '../../../harness/core/random.ts';
import { encodeBatch } from '../../embedded/protocol/batch.ts';
import { readPublished, writePublishHead } from '../../embedded/protocol/broker-messages.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import type { Answer } from '../../embedded/answer.ts';
import { SimulatedClient } from '../../embedded/simulation/client.ts';
import { encodeMessage } from '../../embedded/simulation/message.ts';
import type { SimulatedBroker } from '../../embedded/simulation/serving.ts';
import type { ConnectionTrouble, SimulatedWorld } from '../../simulation.ts';
import { routes } from './topology.ts';

export interface ProducerPlan {
  readonly exchange: number;
  /** For each of its lanes the route that its messages take. */
  readonly routes: readonly number[];
  readonly perLane: number;
  readonly pauseMs: readonly [low: number, high: number];
  readonly persistent: boolean;
  /** Sends again what was not answered. */
  readonly retries: boolean;
  readonly trouble: ConnectionTrouble;
}

interface Lane {
  readonly lane: number;
  readonly route: number;
}

const retryAfterNs = 20e6;

/** Publishes its lanes side by side, one message of a lane after the other. */
export class SimulatedProducer {
  readonly actor: number;
  readonly #world: SimulatedWorld;
  readonly #plan: ProducerPlan;
  readonly #client: SimulatedClient;
  readonly #random: Random;
  #lanesOpen: number;
  #isOver = false;

  constructor(world: SimulatedWorld, node: SimulatedBroker, plan: ProducerPlan) {
    this.#world = world;
    this.#plan = plan;
    this.actor = world.newActor();
    this.#random = world.random(`producer ${this.actor}`);
    this.#client = new SimulatedClient(world, node, plan.trouble, {
      up: () => {},
      down: () => {},
      pushed: () => {},
    });
    this.#lanesOpen = plan.routes.length;
    for (const route of plan.routes) {
      const lane = world.newLanes(1, { ordered: false, actor: this.actor, route });
      this.#later({ lane, route }, 0);
    }
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

  #later(of: Lane, seq: number): void {
    if (seq >= this.#plan.perLane) {
      this.#lanesOpen -= 1;
      return;
    }
    const [low, high] = this.#plan.pauseMs;
    const pauseNs = (low + this.#random.unit() * (high - low)) * 1e6;
    this.#world.agenda.after(pauseNs, () => this.#send(of, seq, 1));
  }

  #send(of: Lane, seq: number, attempt: number): void {
    if (this.#isOver) return;
    const { history, agenda } = this.#world;
    const { lane } = of;
    const send = { actor: this.actor, lane, seq, ticket: history.ticket(), attempt };
    history.write(EventKind.sendInvoke, { ...send, auxNs: agenda.nowNs });
    if (attempt > 1) this.#world.mark('a message was sent again');
    // Without a connection nothing leaves the client.
    const isSent = this.#client.isConnected;
    this.#client.request(Api.publish, this.#request(of, seq), (answer) => {
      const outcome = isSent ? outcomeOf(answer) : OutcomeCode.fail;
      if (answer.kind === 'ok' && readPublished(answer.body).returned.has(0)) {
        this.#world.mark('a message came back to its sender');
        history.write(EventKind.sendReturned, send);
      }
      history.write(EventKind.sendSettled, { ...send, outcome, ref: 1 });
      if (outcome === OutcomeCode.ok || !this.#plan.retries) return this.#later(of, seq + 1);
      agenda.after(retryAfterNs, () => this.#send(of, seq, attempt + 1));
    });
  }

  #request({ lane, route }: Lane, seq: number): Buffer {
    const { key = '', mandatory = false } = routes[route] ?? {};
    const { exchange, persistent } = this.#plan;
    const body = encodeMessage({ lane, seq });
    const batch = encodeBatch([{ key: Buffer.from(key), headers: undefined, body }]);
    const request = { exchange, mandatory, persistent, priority: 0 };
    return writePublishHead(new ByteWriter(), request).bytes(batch).finish();
  }
}

function outcomeOf(answer: Answer): OutcomeCode {
  if (answer.kind === 'ok') return OutcomeCode.ok;
  return answer.kind === 'lost' ? OutcomeCode.unknown : OutcomeCode.fail;
}
