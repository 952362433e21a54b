import { EventKind, type EventRecord } from '../../core/events.ts';
import { grown, MessageTable } from '../state/message-table.ts';
import type { MessageState } from '../state/message-state.ts';
import { Plane } from '../state/planes.ts';
import type { StatePart } from '../state/state-part.ts';

/** From this size on the table is swept each time it has doubled. */
const firstSweep = 4096;

class Times extends MessageTable {
  notBeforeNs = new Float64Array(this.firstCapacity);
  expiresNs = new Float64Array(this.firstCapacity);

  protected columnBytes(): number {
    return 16;
  }

  protected growColumns(capacity: number): void {
    this.notBeforeNs = grown(new Float64Array(capacity), this.notBeforeNs);
    this.expiresNs = grown(new Float64Array(capacity), this.expiresNs);
  }
}

/** What is known of the times of one message. */
export type Timing = 'none' | 'known' | 'long expired' | 'forgotten';

/**
 * The delays and expiry times of messages, as long as they matter. A message whose delay is over leaves the
 * table if it cannot expire; one that expired long ago leaves a bit. So the table holds what is pending.
 */
export class TimedMessages implements StatePart {
  readonly listensTo = [EventKind.sendTimed];
  /** Of the message asked for last; -1 for none. */
  notBeforeNs = -1;
  /** Of the message asked for last; infinite for never. */
  expiresNs = Number.POSITIVE_INFINITY;
  readonly #state: MessageState;
  readonly #times = new Times();
  readonly #expired: Plane;
  readonly #forgotten: Plane;
  #sweepAt = firstSweep;
  #overflowed = 0;

  constructor(state: MessageState) {
    this.#state = state;
    this.#expired = new Plane(state.lanes);
    this.#forgotten = new Plane(state.lanes);
  }

  /** Messages whose times found no room. */
  get overflowed(): number {
    return this.#overflowed;
  }

  fold({ lane, seq, auxNs, positionMajor, timeNs }: EventRecord): void {
    const index = this.#state.lanes.indexOf(lane);
    if (index < 0 || (auxNs < 0 && positionMajor < 0)) return;
    if (this.#times.size >= this.#sweepAt) this.#sweep(timeNs);
    const entry = this.#times.open(index, seq);
    if (entry < 0) {
      this.#overflowed += 1;
      this.#forgotten.set(index, seq);
      return;
    }
    this.#times.notBeforeNs[entry] = auxNs;
    this.#times.expiresNs[entry] = positionMajor < 0 ? Number.POSITIVE_INFINITY : positionMajor;
  }

  /** Looks the message up; for a `known` one its times then stand in the fields. */
  look(lane: number, seq: number): Timing {
    const entry = this.#times.find(lane, seq);
    if (entry >= 0) {
      this.notBeforeNs = this.#times.notBeforeNs[entry] ?? 0;
      this.expiresNs = this.#times.expiresNs[entry] ?? 0;
      return 'known';
    }
    if (this.#expired.get(lane, seq)) return 'long expired';
    return this.#forgotten.get(lane, seq) ? 'forgotten' : 'none';
  }

  /** The message may have expired by then, as far as clocks can be trusted. */
  mayHaveExpired(lane: number, seq: number, nowNs: number): boolean {
    const timing = this.look(lane, seq);
    if (timing !== 'known') return timing !== 'none';
    return this.expiresNs <= nowNs + this.#state.facts.bounds.skewMs * 1e6;
  }

  bytes(): number {
    return this.#times.bytes() + this.#expired.bytes() + this.#forgotten.bytes();
  }

  #sweep(nowNs: number): void {
    const { expiryGraceMs } = this.#state.facts.bounds;
    const times = this.#times;
    times.each((entry) => {
      const lane = times.lane[entry] ?? 0;
      const seq = times.seq[entry] ?? 0;
      const expiresNs = times.expiresNs[entry] ?? 0;
      const isExpired = expiresNs + expiryGraceMs * 1e6 <= nowNs;
      if (isExpired) this.#expired.set(lane, seq);
      const isPast = (times.notBeforeNs[entry] ?? 0) <= nowNs && !Number.isFinite(expiresNs);
      if (isExpired || isPast || this.#isDone(lane, seq)) times.remove(lane, seq);
    });
    this.#sweepAt = Math.max(firstSweep, times.size * 2);
  }

  /** Every group is done with it: what comes after that is a matter of D6. */
  #isDone(lane: number, seq: number): boolean {
    return this.#state.groups.every(({ done }) => done.get(lane, seq));
  }
}

export function timedMessages(state: MessageState): TimedMessages {
  return new TimedMessages(state);
}
