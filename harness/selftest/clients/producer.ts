import { EventKind } from '../../core/events.ts';
import type { Random } from '../../core/random.ts';
import { between, happens, ms } from '../../core/chance.ts';
import {
  type Destination,
  fail,
  ok,
  type Outgoing,
  placeFields,
  plainMessage,
  type SendAnswer,
  unknown,
} from '../../simulate/world/message.ts';
import type { Network, Reply } from '../../simulate/world/network.ts';
import type { World } from '../../simulate/world/world.ts';

export interface ProducerOptions {
  readonly lanes: number;
  readonly ordered: boolean;
  readonly perLane: number;
  /** Index into the routes of the cell; -1 without any. */
  readonly route: number;
  readonly pauseMs: readonly [low: number, high: number];
  /** Sends again what was not answered, or refused, until it is answered. */
  readonly retries: boolean;
  /** Messages in a thousand that get a delay, and an expiry time. */
  readonly delayed: number;
  readonly expiring: number;
}

const retryAfterNs = 15 * ms;

/**
 * Writes its lanes side by side, one message of a lane after the other, so that a lane's order is the
 * order in which the broker stores it, retries included.
 */
export class Producer {
  readonly actor: number;
  readonly firstLane: number;
  readonly #world: World;
  readonly #network: Network;
  readonly #to: Destination;
  readonly #options: ProducerOptions;
  readonly #random: Random;
  #lanesOpen: number;
  #isCrashed = false;

  constructor(world: World, network: Network, to: Destination, options: ProducerOptions) {
    this.#world = world;
    this.#network = network;
    this.#to = to;
    this.#options = options;
    this.actor = world.newActor();
    this.#random = world.random(`producer ${this.actor}`);
    const { lanes, ordered, route } = options;
    this.firstLane = world.newLanes(lanes, { ordered, actor: this.actor, route });
    this.#lanesOpen = lanes;
    for (let lane = this.firstLane; lane < this.firstLane + lanes; lane += 1) this.#later(lane, 0);
  }

  get isDone(): boolean {
    return this.#isCrashed || this.#lanesOpen === 0;
  }

  /** Whatever it is waiting for is never answered. */
  crash(): void {
    if (this.isDone) return;
    this.#isCrashed = true;
    this.#world.history.write(EventKind.crashed, { actor: this.actor });
  }

  #later(lane: number, seq: number): void {
    const [low, high] = this.#options.pauseMs;
    this.#world.agenda.after(between(this.#random, low, high) * ms, () => this.#next(lane, seq));
  }

  #next(lane: number, seq: number): void {
    if (seq >= this.#options.perLane) {
      this.#lanesOpen -= 1;
      return;
    }
    // A generator that goes one step back gives a second message the id of the first.
    const isReused = seq > 0 && this.#world.defect.strikes('id-reused');
    this.#send(this.#messageOf(lane, isReused ? seq - 1 : seq), 1);
  }

  #messageOf(lane: number, seq: number): Outgoing {
    const { delayed, expiring } = this.#options;
    const message = plainMessage(lane, seq);
    const { nowNs } = this.#world.agenda;
    if (happens(this.#random, delayed / 1000)) {
      return { ...message, notBeforeNs: nowNs + between(this.#random, 5, 60) * ms };
    }
    if (happens(this.#random, expiring / 1000)) {
      return { ...message, expiresNs: nowNs + between(this.#random, 5, 120) * ms };
    }
    return message;
  }

  #send(message: Outgoing, attempt: number): void {
    if (this.#isCrashed) return;
    const { history, agenda } = this.#world;
    const { lane, seq } = message;
    const ticket = history.ticket();
    const operation = { actor: this.actor, lane, seq, ticket, attempt };
    history.write(EventKind.sendInvoke, { ...operation, auxNs: agenda.nowNs });
    if (attempt === 1) this.#writeTimes(message);
    if (this.#world.defect.strikes('ok-for-dropped')) {
      return agenda.after(ms, () => {
        this.#settled(message, operation, {
          as: 'answered',
          answer: { outcome: 'ok', place: undefined },
        });
      });
    }
    this.#network.call<SendAnswer>(
      (answer) => this.#to.send(message, answer),
      (reply) => this.#settled(message, operation, reply),
    );
  }

  #writeTimes({ lane, seq, notBeforeNs, expiresNs }: Outgoing): void {
    const isTimed = notBeforeNs >= 0 || Number.isFinite(expiresNs);
    if (!isTimed) return;
    this.#world.history.write(EventKind.sendTimed, {
      actor: this.actor,
      lane,
      seq,
      auxNs: notBeforeNs,
      positionMajor: Number.isFinite(expiresNs) ? expiresNs : -1,
    });
  }

  #settled(
    message: Outgoing,
    operation: { readonly attempt: number },
    reply: Reply<SendAnswer>,
  ): void {
    if (this.#isCrashed) return;
    if (reply.as === 'answered' && reply.answer.outcome === 'returned') {
      this.#world.history.write(EventKind.sendReturned, operation);
    }
    const { outcome, place } = this.#outcomeOf(reply);
    this.#world.history.write(EventKind.sendSettled, {
      ...operation,
      outcome,
      ref: 1,
      ...placeFields(place),
    });
    if (outcome === ok || !this.#options.retries) return this.#later(message.lane, message.seq + 1);
    this.#world.agenda.after(retryAfterNs, () => this.#send(message, operation.attempt + 1));
  }

  #outcomeOf(reply: Reply<SendAnswer>) {
    const { defect } = this.#world;
    if (reply.as === 'refused') return { outcome: fail, place: undefined };
    if (reply.as === 'lost') {
      const isMistaken = defect.is('timeouts-reported-as-failed');
      return { outcome: isMistaken ? fail : unknown, place: undefined };
    }
    const { answer } = reply;
    if (answer.outcome === 'fail') return { outcome: fail, place: undefined };
    if (defect.strikes('applied-reported-as-failed')) return { outcome: fail, place: undefined };
    return { outcome: ok, place: answer.outcome === 'ok' ? answer.place : undefined };
  }
}
