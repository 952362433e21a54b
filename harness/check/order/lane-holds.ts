import { type EventRecord, Flag } from '../../core/events.ts';
import { grown, MessageTable } from '../state/message-table.ts';

/** What one group may hold of each lane: a list in each lane, through the entries of one table. */
export class LaneHolds extends MessageTable {
  /** By lane index: its latest hold's entry + 1, 0 for none. */
  #heads = new Int32Array(64);
  #next = new Int32Array(this.firstCapacity);
  #previous = new Int32Array(this.firstCapacity);
  #session = new Uint32Array(this.firstCapacity);
  /** The instant of its receive: the request's if it was pulled, the callback's if it was pushed. */
  #receivedNs = new Float64Array(this.firstCapacity);

  /** The entry held last of a lane, or -1. */
  first(lane: number): number {
    return (this.#heads[lane] ?? 0) - 1;
  }

  /** The entry of the same lane held before that one, or -1. */
  next(entry: number): number {
    return this.#next[entry] ?? -1;
  }

  hold(lane: number, event: EventRecord): void {
    const known = this.find(lane, event.seq);
    if (known >= 0) this.release(known);
    const entry = this.open(lane, event.seq);
    if (entry < 0) return;
    this.#session[entry] = event.session;
    this.#receivedNs[entry] = receivedNs(event);
    const head = this.first(lane);
    this.#next[entry] = head;
    this.#previous[entry] = -1;
    if (head >= 0) this.#previous[head] = entry;
    this.#setHead(lane, entry);
  }

  release(entry: number): void {
    const lane = this.lane[entry] ?? 0;
    const next = this.#next[entry] ?? -1;
    const previous = this.#previous[entry] ?? -1;
    if (next >= 0) this.#previous[next] = previous;
    if (previous >= 0) this.#next[previous] = next;
    else this.#setHead(lane, next);
    this.remove(lane, this.seq[entry] ?? 0);
  }

  isSameReceive(entry: number, event: EventRecord): boolean {
    return this.#session[entry] === event.session && this.#receivedNs[entry] === receivedNs(event);
  }

  protected columnBytes(): number {
    return 20;
  }

  protected growColumns(capacity: number): void {
    this.#next = grown(new Int32Array(capacity), this.#next);
    this.#previous = grown(new Int32Array(capacity), this.#previous);
    this.#session = grown(new Uint32Array(capacity), this.#session);
    this.#receivedNs = grown(new Float64Array(capacity), this.#receivedNs);
  }

  #setHead(lane: number, entry: number): void {
    if (lane >= this.#heads.length) {
      this.#heads = grown(new Int32Array(Math.max(lane + 1, this.#heads.length * 2)), this.#heads);
    }
    this.#heads[lane] = entry + 1;
  }
}

function receivedNs({ flags, auxNs, timeNs }: EventRecord): number {
  return (flags & Flag.pulled) !== 0 ? auxNs : timeNs;
}
