import { type EventRecord, Flag } from '../../core/events.ts';
import { comparePositions, type Position } from '../../core/position.ts';
import type { MessageState } from '../state/message-state.ts';
import { Plane } from '../state/planes.ts';
import { AckWindow } from '../state/windows.ts';
import { Stairs } from './stairs.ts';

/** What committed transactions consumed of one group since it was last moved back. */
export class ConsumedInputs {
  readonly inputs: Plane;
  readonly again: Plane;
  readonly maybeAgain: Plane;
  /** Of each input, the first commit since the group was moved back. */
  readonly #settledAt = new AckWindow();
  /** By scope: the offsets that came with transactions. */
  readonly #offsets = new Map<number, Stairs>();
  /** By scope: the latest offset, with a transaction or without. */
  readonly #latest = new Map<number, Position>();
  #movedBackNs = -1;

  constructor(state: MessageState) {
    this.inputs = new Plane(state.lanes);
    this.again = new Plane(state.lanes);
    this.maybeAgain = new Plane(state.lanes);
  }

  moveBack(timeNs: number): void {
    this.#movedBackNs = timeNs;
    this.#offsets.clear();
  }

  /** @returns whether no transaction had consumed it before */
  consume(lane: number, seq: number, timeNs: number): boolean {
    const isNew = this.inputs.set(lane, seq);
    if (isNew || this.#settledAt.latestNs(lane, seq) <= this.#movedBackNs) {
      this.#settledAt.remember(lane, seq, timeNs, 0);
    }
    return isNew;
  }

  /**
   * The group goes on from an offset, which explains what comes again unless it is further than the one
   * before; the first one of a scope is, if a transaction made something of what it covers.
   */
  goOn(scope: number, position: Position, timeNs: number, isFirstFurther: boolean): void {
    const latest = this.#latest.get(scope);
    const isBack = latest === undefined ? !isFirstFurther : comparePositions(position, latest) < 0;
    if (isBack) this.moveBack(timeNs);
    this.#latest.set(scope, position);
  }

  cover(scope: number, position: Position, timeNs: number): void {
    const offsets = this.#offsets.get(scope) ?? new Stairs();
    this.#offsets.set(scope, offsets);
    offsets.add(timeNs, position);
  }

  isConsumedBefore(lane: number, event: EventRecord, beforeNs: number): boolean {
    if (this.inputs.get(lane, event.seq)) {
      const settledNs = this.#settledAt.latestNs(lane, event.seq);
      if (settledNs > this.#movedBackNs && settledNs < beforeNs) return true;
    }
    if ((event.flags & Flag.placed) === 0) return false;
    const offset = this.#offsets.get(event.scope)?.furthestBefore(beforeNs);
    if (offset === undefined) return false;
    const at = { major: event.positionMajor, minor: event.positionMinor };
    return comparePositions(at, offset) < 0;
  }
}
