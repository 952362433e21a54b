import { EventKind, Flag, type EventRecord, noGroup, SettlementCode } from '../core/events.ts';
import type { DistributionRecord } from '../record/schema.ts';
import { SecondDistribution } from './second-distribution.ts';
import { type EpochAt, SecondSeries, type Series } from './second-series.ts';

/** Deliveries that are remembered: more than any broker has unsettled with all consumers of a cell. */
const remembered = 2 ** 18;
const mask = remembered - 1;

export interface RedeliveryFigures {
  readonly latency: DistributionRecord;
  /** Called redeliveries by the broker, though nobody saw or remembers the copy before, and no session had ended. */
  readonly untimed: number;
  readonly series: Series;
}

/**
 * How long it takes until a message that was handed out comes again: from when its last copy was given up, which is
 * its requeueing, the end of the session that held it or its way back from dead letters, and otherwise from that copy's
 * delivery, so that a lease that ran out counts. Of a copy that the broker calls a redelivery though nobody saw the one
 * before, it counts from the last end of a session in its subscription. Each subscription by itself. Follows the merged history; allocates nothing for an event.
 */
export class RedeliveryWatch {
  readonly #latency = new SecondDistribution();
  readonly #series: SecondSeries;
  /** By slot: the copy that stands there, the session that holds it, and since when it may come again. */
  readonly #lanes = new Uint32Array(remembered);
  readonly #seqs = new Uint32Array(remembered);
  readonly #groups = new Uint16Array(remembered).fill(noGroup);
  readonly #sessions = new Uint32Array(remembered);
  readonly #sinceNs = new Float64Array(remembered);
  readonly #sessionEnds = new Map<number, number>();
  readonly #sessionOfActor = new Map<number, { session: number; group: number }>();
  readonly #lastEnds = new Map<number, number>();
  #untimed = 0;

  constructor(epochAt?: EpochAt) {
    this.#series = new SecondSeries('redelivery', [['redelivery', this.#latency]], epochAt);
  }

  observe(event: EventRecord): void {
    switch (event.kind) {
      case EventKind.deliver:
        return this.#delivered(event);
      case EventKind.settleInvoke:
        if (event.detail === SettlementCode.requeue) this.#givenUp(event);
        return;
      case EventKind.redriven:
        return this.#givenUp(event);
      case EventKind.sessionOpened:
        this.#sessionOfActor.set(event.actor, { session: event.session, group: event.group });
        return;
      case EventKind.sessionClosed:
        return this.#ended(event.session, event.group, event.timeNs);
      case EventKind.crashed:
        return this.#crashed(event);
      default:
        return;
    }
  }

  /** Undefined: nothing came again. */
  finish(): RedeliveryFigures | undefined {
    const series = this.#series.finish();
    const latency = this.#latency.finish();
    return latency.count + this.#untimed === 0
      ? undefined
      : { latency, untimed: this.#untimed, series };
  }

  #delivered(event: EventRecord): void {
    const { lane, seq, group, session, timeNs } = event;
    const slot = slotOf(lane, seq, group);
    if (this.#holds(slot, event)) {
      const endNs = this.#sessionEnds.get(this.#sessions[slot] as number) ?? 0;
      this.#record(timeNs, Math.max(this.#sinceNs[slot] as number, endNs));
    } else if (event.attempt > 1 || (event.flags & Flag.redelivered) !== 0) {
      // Nobody saw the copy before: it was on its way to a session that ended, or came too long ago.
      const endNs = this.#lastEnds.get(group);
      if (endNs === undefined) this.#untimed += 1;
      else this.#record(timeNs, endNs);
    }
    this.#lanes[slot] = lane;
    this.#seqs[slot] = seq;
    this.#groups[slot] = group;
    this.#sessions[slot] = session;
    this.#sinceNs[slot] = timeNs;
  }

  #givenUp(event: EventRecord): void {
    const slot = slotOf(event.lane, event.seq, event.group);
    if (this.#holds(slot, event)) this.#sinceNs[slot] = event.timeNs;
  }

  /** A killed actor closes nothing: its connection ends with it. */
  #crashed({ actor, timeNs }: EventRecord): void {
    const open = this.#sessionOfActor.get(actor);
    if (open !== undefined) this.#ended(open.session, open.group, timeNs);
  }

  #ended(session: number, group: number, timeNs: number): void {
    this.#sessionEnds.set(session, timeNs);
    this.#lastEnds.set(group, timeNs);
  }

  #record(timeNs: number, sinceNs: number): void {
    this.#series.at(timeNs);
    this.#latency.record(timeNs - sinceNs, false);
  }

  #holds(slot: number, { lane, seq, group }: EventRecord): boolean {
    return this.#groups[slot] === group && this.#lanes[slot] === lane && this.#seqs[slot] === seq;
  }
}

/** Neighbours in a lane stand side by side, and lanes far from each other. */
function slotOf(lane: number, seq: number, group: number): number {
  return (seq + Math.imul(lane, 0x9e37_79b1) + Math.imul(group, 0x85eb_ca6b)) & mask;
}
