import {
  emptyEvent,
  EventKind,
  type EventRecord,
  Flag,
  noGroup,
  OutcomeCode,
  SettlementCode,
} from '../../harness/core/events.ts';
import type { LaneSpan } from '../../harness/core/lanes.ts';
import { type Random, randomFrom } from '../../harness/core/random.ts';

export interface PlantedOptions {
  readonly messages: number;
  readonly lanes: number;
  /** Sequences of positions that the lanes are spread over. */
  readonly scopes: number;
  /** One planted anomaly in about so many messages, the kinds in turn. */
  readonly every: number;
  readonly seed: number;
}

/** What was planted, and what the checks therefore must find: not one more, not one less. */
export interface Planted {
  readonly lost: number;
  readonly repeated: number;
  readonly repeatedAfterAck: number;
  readonly reordered: number;
  readonly events: number;
}

const producer = 1;
const consumer = 2;
const session = 20;
/** Messages between a send and its delivery. */
const lag = 4_096;

const Defect = { none: 0, lose: 1, repeat: 2, repeatAfterAck: 3, swap: 4 } as const;
type Defect = (typeof Defect)[keyof typeof Defect];

export function lanesOf({ lanes }: PlantedOptions): LaneSpan {
  return { first: 0, count: lanes, ordered: true, actor: producer, route: -1 };
}

/**
 * Shows `visit` a history of sends, answers, deliveries and settlements, lanes interleaved at random, with
 * anomalies planted in it. The event is one object used again, and nothing is kept of a message once it is
 * delivered, so that the time and memory of whoever folds it can be seen.
 */
export function playPlanted(options: PlantedOptions, visit: (event: EventRecord) => void): Planted {
  return new Player(options, visit).play();
}

class Player {
  readonly #options: PlantedOptions;
  readonly #visit: (event: EventRecord) => void;
  readonly #event = emptyEvent();
  readonly #random: Random;
  readonly #next: Uint32Array;
  readonly #ends: Float64Array;
  readonly #ringLane = new Uint16Array(lag);
  readonly #ringSeq = new Uint32Array(lag);
  readonly #ringPosition = new Float64Array(lag);
  /** By lane: the message held back until its successor has been delivered, and where it is stored. */
  readonly #heldSeq: Float64Array;
  readonly #heldPosition: Float64Array;
  readonly #shallSwap: Uint8Array;
  readonly #planted = { lost: 0, repeated: 0, repeatedAfterAck: 0, reordered: 0, events: 0 };
  #untilDefect: number;
  #lastDefect: Defect = Defect.none;
  #timeNs = 0;

  constructor(options: PlantedOptions, visit: (event: EventRecord) => void) {
    this.#options = options;
    this.#visit = visit;
    this.#random = randomFrom(options.seed);
    this.#next = new Uint32Array(options.lanes);
    this.#ends = new Float64Array(options.scopes);
    this.#heldSeq = new Float64Array(options.lanes).fill(-1);
    this.#heldPosition = new Float64Array(options.lanes);
    this.#shallSwap = new Uint8Array(options.lanes);
    this.#untilDefect = 1 + this.#random.below(options.every);
  }

  play(): Planted {
    const { messages, lanes, seed } = this.#options;
    this.#asConsumer();
    this.#emit(EventKind.sessionOpened, 0, 0);
    let state = seed >>> 0;
    for (let index = 0; index < messages + lag; index += 1) {
      const slot = index % lag;
      if (index >= lag) this.#deliver(slot);
      if (index >= messages) continue;
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      this.#send((state >>> 8) % lanes, slot);
    }
    this.#asConsumer();
    this.#emit(EventKind.drainComplete, 0, 0);
    return this.#planted;
  }

  #send(lane: number, slot: number): void {
    const event = this.#event;
    const scope = lane % this.#options.scopes;
    const seq = this.#next[lane] as number;
    const position = this.#ends[scope] as number;
    this.#next[lane] = seq + 1;
    this.#ends[scope] = position + 1;
    this.#ringLane[slot] = lane;
    this.#ringSeq[slot] = seq;
    this.#ringPosition[slot] = position;
    event.actor = producer;
    event.group = noGroup;
    event.session = 10;
    event.flags = 0;
    event.detail = 0;
    event.outcome = OutcomeCode.none;
    event.attempt = 1;
    event.auxNs = this.#timeNs;
    event.positionMajor = 0;
    this.#emit(EventKind.sendInvoke, lane, seq);
    event.outcome = OutcomeCode.ok;
    event.flags = Flag.placed;
    event.scope = scope;
    event.positionMajor = position;
    this.#emit(EventKind.sendSettled, lane, seq);
  }

  #deliver(slot: number): void {
    const lane = this.#ringLane[slot] as number;
    const seq = this.#ringSeq[slot] as number;
    const position = this.#ringPosition[slot] as number;
    const held = this.#heldSeq[lane] as number;
    if (held >= 0) {
      this.#heldSeq[lane] = -1;
      this.#planted.reordered += 1;
      this.#consume(lane, seq, position, Defect.none);
      this.#consume(lane, held, this.#heldPosition[lane] as number, Defect.none);
      return;
    }
    const defect = this.#defect();
    if (defect === Defect.swap) this.#shallSwap[lane] = 1;
    // A message that has a successor already, so that none is held back for ever.
    if (this.#shallSwap[lane] === 1 && seq + 1 < (this.#next[lane] as number)) {
      this.#shallSwap[lane] = 0;
      this.#heldSeq[lane] = seq;
      this.#heldPosition[lane] = position;
      return;
    }
    this.#consume(lane, seq, position, defect);
  }

  #defect(): Defect {
    this.#untilDefect -= 1;
    if (this.#untilDefect > 0) return Defect.none;
    this.#untilDefect = 1 + this.#random.below(this.#options.every * 2);
    this.#lastDefect = ((this.#lastDefect % Defect.swap) + 1) as Defect;
    return this.#lastDefect;
  }

  #consume(lane: number, seq: number, position: number, defect: Defect): void {
    if (defect === Defect.lose) {
      this.#planted.lost += 1;
      return;
    }
    this.#hand(lane, seq, position);
    if (defect === Defect.repeat) {
      this.#planted.repeated += 1;
      this.#hand(lane, seq, position);
    }
    this.#event.outcome = OutcomeCode.ok;
    this.#event.detail = SettlementCode.acknowledge;
    this.#emit(EventKind.settleSettled, lane, seq);
    if (defect === Defect.repeatAfterAck) {
      this.#planted.repeatedAfterAck += 1;
      this.#hand(lane, seq, position);
    }
  }

  #hand(lane: number, seq: number, position: number): void {
    const event = this.#event;
    this.#asConsumer();
    event.flags = Flag.pulled | Flag.flagKnown | Flag.placed;
    event.detail = 0;
    event.outcome = OutcomeCode.none;
    event.attempt = 0;
    event.auxNs = this.#timeNs;
    event.scope = lane % this.#options.scopes;
    event.positionMajor = position;
    this.#emit(EventKind.deliver, lane, seq);
  }

  #asConsumer(): void {
    this.#event.actor = consumer;
    this.#event.group = 0;
    this.#event.session = session;
  }

  #emit(kind: EventKind, lane: number, seq: number): void {
    this.#timeNs += 50;
    const event = this.#event;
    event.kind = kind;
    event.timeNs = this.#timeNs;
    event.lane = lane;
    event.seq = seq;
    this.#planted.events += 1;
    this.#visit(event);
  }
}
