import { EventKind, type EventRecord, Flag, OutcomeCode } from '../../../harness/core/events.ts';
import type { Random } from '../../../harness/core/random.ts';
import { encodeAlike, encodeBatch } from '../../embedded/protocol/batch.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import { type Acks, writeProduceHead } from '../../embedded/protocol/log-messages.ts';
import { outcomeOfRefusal } from '../../embedded/outcomes.ts';
import { Api, type Refusal, Status } from '../../embedded/protocol/protocol.ts';
import type { Answer } from '../../embedded/answer.ts';
import { SimulatedClient } from '../../embedded/simulation/client.ts';
import type { SimulatedBroker } from '../../embedded/simulation/serving.ts';
import type { ConnectionTrouble, SimulatedWorld } from '../../simulation.ts';
import { encodeMessage, simulatedBytes, writeMessage } from '../../embedded/simulation/message.ts';
import { eachMessage, type MessageRun, messagesIn, takeFront } from './message-runs.ts';
import type { OlderMessages } from './older-messages.ts';

export interface ProducerPlan {
  readonly topic: number;
  readonly partitions: number;
  readonly acks: Acks;
  readonly idempotent: boolean;
  /** Unanswered batches of a partition. */
  readonly maxInFlight: number;
  readonly lanes: number;
  /** Index into the cell's routes; -1: to every group. */
  readonly route: number;
  readonly perLane: number;
  readonly pauseMs: readonly [low: number, high: number];
  /** Each lane rests once before one of its messages; 0: it does not. */
  readonly rest: { readonly before: number; readonly ms: number };
  /** Messages of a batch, while so many wait. */
  readonly batch: readonly [least: number, most: number];
  /** Messages of a lane that come at a time. */
  readonly bulk: number;
  readonly older: OlderMessages;
  readonly remembersProducers: () => boolean;
  readonly trouble: ConnectionTrouble;
}

const retryAfterNs = 20e6;

/** Sends of a lane that were begun at once, each with the ticket after the one before. */
interface Sends extends MessageRun {
  readonly ticket: number;
}

function sendsFrom(run: Sends, at: number): Sends {
  const { lane, seq, ticket, count } = run;
  return { lane, seq: seq + at, ticket: ticket + at, count: count - at };
}

interface Flight {
  readonly sends: readonly Sends[];
  readonly sequence: number;
  attempts: number;
}

/** What goes to one partition, in its order. */
interface Track {
  readonly partition: number;
  waiting: Sends[];
  flights: Flight[];
  nextSequence: number;
}

/** Sends what is not answered again when it is connected again, everything of a partition in its order. */
export class SimulatedProducer {
  readonly actor: number;
  readonly #world: SimulatedWorld;
  readonly #plan: ProducerPlan;
  readonly #client: SimulatedClient;
  readonly #random: Random;
  readonly #tracks: readonly Track[];
  #id: number;
  /** Numbers are missing: nothing new is sent until what is in flight is answered, and the id another. */
  #isRefused = false;
  #lanesOpen: number;
  #unsettled = 0;
  #isOver = false;

  constructor(world: SimulatedWorld, broker: SimulatedBroker, plan: ProducerPlan) {
    this.#world = world;
    this.#plan = plan;
    this.actor = world.newActor();
    this.#random = world.random(`producer ${this.actor}`);
    this.#id = plan.idempotent ? -1 : 0;
    this.#tracks = Array.from({ length: plan.partitions }, (_, partition) => {
      return { partition, waiting: [], flights: [], nextSequence: 0 };
    });
    this.#client = new SimulatedClient(world, broker, plan.trouble, {
      up: () => this.#up(),
      down: () => {},
      pushed: () => {},
    });
    const first = world.newLanes(plan.lanes, {
      ordered: true,
      actor: this.actor,
      route: plan.route,
    });
    this.#lanesOpen = plan.lanes;
    for (let lane = first; lane < first + plan.lanes; lane += 1) this.#later(lane, 0);
  }

  get isDone(): boolean {
    return this.#isOver || (this.#lanesOpen === 0 && this.#unsettled === 0);
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
    const [low, high] = this.#plan.pauseMs;
    const { rest } = this.#plan;
    const pauseMs = low + this.#random.unit() * (high - low) + (seq === rest.before ? rest.ms : 0);
    this.#world.agenda.after(pauseMs * 1e6, () => this.#next(lane, seq));
  }

  #next(lane: number, seq: number): void {
    const track = this.#tracks[lane % this.#tracks.length];
    if (this.#isOver || track === undefined) return;
    const end = Math.min(this.#plan.perLane, seq + this.#plan.bulk);
    if (seq < end) track.waiting.push(this.#invoked(lane, seq, end - seq));
    this.#pump(track);
    if (end < this.#plan.perLane) this.#later(lane, end);
    else this.#lanesOpen -= 1;
  }

  #invoked(lane: number, seq: number, count: number): Sends {
    const { history } = this.#world;
    const sends = { lane, seq, ticket: history.ticket(count), count };
    const event = this.#event(EventKind.sendInvoke, sends);
    event.auxNs = event.timeNs;
    history.addRun(event, count);
    this.#plan.older.sent(sends);
    this.#unsettled += count;
    return sends;
  }

  #event(kind: EventKind, { lane, seq, ticket }: Sends): EventRecord {
    const event = this.#world.history.begin(kind);
    event.actor = this.actor;
    event.lane = lane;
    event.seq = seq;
    event.ticket = ticket;
    event.attempt = 1;
    return event;
  }

  #up(): void {
    if (this.#id >= 0) return this.#resume();
    this.#client.request(Api.initProducer, Buffer.alloc(0), (answer) => {
      // Whoever has an id by now has sent under it: under another one that would be stored once more.
      if (this.#isOver || answer.kind === 'lost' || this.#id >= 0) return;
      if (answer.kind === 'refused') {
        this.#world.agenda.after(retryAfterNs, () => {
          if (!this.#isOver && this.#id < 0 && this.#client.isConnected) this.#up();
        });
        return;
      }
      this.#id = answer.body.u32();
      this.#resume();
    });
  }

  #resume(): void {
    for (const track of this.#tracks) {
      for (const flight of track.flights) this.#transmit(track, flight);
      this.#pump(track);
    }
  }

  #pump(track: Track): void {
    if (this.#id < 0 || this.#isRefused) return;
    if (this.#plan.acks === 'none') return this.#fireAll(track);
    if (!this.#client.isConnected) return;
    const [least, most] = this.#plan.batch;
    while (track.flights.length < this.#plan.maxInFlight && track.waiting.length > 0) {
      const messages = least + this.#random.below(most - least + 1);
      const sends = takeFront(track.waiting, messages, sendsFrom);
      const flight = { sends, sequence: track.nextSequence, attempts: 0 };
      track.nextSequence += messagesIn(sends);
      track.flights.push(flight);
      this.#transmit(track, flight);
    }
  }

  /** Nobody answers: what meets no connection is certainly not stored, of the rest nobody knows. */
  #fireAll(track: Track): void {
    while (track.waiting.length > 0) {
      const sends = takeFront(track.waiting, this.#plan.bulk, sendsFrom);
      const isConnected = this.#client.isConnected;
      if (isConnected) {
        this.#client.tell(Api.produce, this.#requestOf(track, { sends, sequence: 0, attempts: 1 }));
      }
      const outcome = isConnected ? OutcomeCode.unknown : OutcomeCode.fail;
      for (const run of sends) this.#settle(run, outcome, 1);
    }
  }

  #transmit(track: Track, flight: Flight): void {
    flight.attempts += 1;
    if (flight.attempts > 1) this.#world.mark('a producer sent a batch again');
    this.#client.request(Api.produce, this.#requestOf(track, flight), (answer) => {
      this.#answered(track, flight, answer);
    });
  }

  #requestOf({ partition }: Track, { sends, sequence }: Flight): Buffer {
    const { acks, topic } = this.#plan;
    const stamp = { producer: this.#id, epoch: 0, sequence };
    return writeProduceHead(new ByteWriter(), { acks, topic, partition, stamp })
      .bytes(this.#batchOf(sends))
      .finish();
  }

  #batchOf(sends: readonly Sends[]): Buffer {
    const { older } = this.#plan;
    if (older.hasKeys) {
      const messages = sends.flatMap(eachMessage).map((message) => {
        return { key: older.keyOf(message), headers: undefined, body: encodeMessage(message) };
      });
      return encodeBatch(messages);
    }
    return encodeAlike(messagesIn(sends), simulatedBytes, (into, first) => {
      let at = first;
      for (const { lane, seq, count } of sends) {
        for (let of = seq; of < seq + count; of += 1) at = writeMessage(lane, of, into, at);
      }
    });
  }

  #answered(track: Track, flight: Flight, answer: Answer): void {
    if (this.#isOver || answer.kind === 'lost') return;
    track.flights = track.flights.filter((other) => other !== flight);
    const { sends, attempts } = flight;
    if (answer.kind === 'ok') {
      const base = answer.body.u64();
      const scope = track.partition;
      let offset = base;
      for (const run of sends) {
        this.#plan.older.stored(run, scope, offset);
        this.#settle(run, OutcomeCode.ok, attempts, { scope, offset });
        offset += run.count;
      }
    } else this.#refused(flight, answer.status);
    if (this.#isRefused) this.#renew();
    else this.#pump(track);
  }

  #refused({ sends, attempts }: Flight, status: Refusal): void {
    const outcome = OutcomeCode[outcomeOfRefusal(status, attempts)];
    for (const run of sends) this.#settle(run, outcome, attempts);
    if (!this.#plan.idempotent || status === Status.duplicate) return;
    this.#world.mark('an idempotent producer was refused and went on as another');
    const isSurprising = status === Status.outOfOrderSequence && !this.#isRefused;
    if (isSurprising && this.#plan.remembersProducers()) {
      this.#world.accuse('an idempotent producer was forgotten');
    }
    this.#isRefused = true;
  }

  #renew(): void {
    if (this.#tracks.some(({ flights }) => flights.length > 0)) return;
    for (const track of this.#tracks) track.nextSequence = 0;
    this.#isRefused = false;
    this.#id = -1;
    if (this.#client.isConnected) this.#up();
  }

  #settle(
    sends: Sends,
    outcome: OutcomeCode,
    attempts: number,
    place?: { readonly scope: number; readonly offset: number },
  ): void {
    this.#unsettled -= sends.count;
    const event = this.#event(EventKind.sendSettled, sends);
    event.outcome = outcome;
    event.ref = attempts;
    if (place !== undefined) {
      event.flags = Flag.placed;
      event.scope = place.scope;
      event.positionMajor = place.offset;
    }
    this.#world.history.addRun(event, sends.count);
  }
}
