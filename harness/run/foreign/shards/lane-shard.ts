import type { Judge } from '../../../check/judge.ts';
import { LaneTable } from '../../../check/state/lane-table.ts';
import { earlySeqs } from '../../../check/state/delivery-view.ts';
import { EventKind, type EventRecord } from '../../../core/events.ts';
import type { LaneSpan } from '../../../core/lanes.ts';
import { isAboutMessage } from '../../../core/message-kinds.ts';

/**
 * One part of a history's lanes, cut so that each has as many. Its judge is shown the events of these
 * lanes and all that are about no message; of other lanes it learns only which sessions there were. An
 * event of an unknown lane belongs to the first part.
 */
export class LaneShard {
  readonly #judge: Judge;
  /** All lanes, for their numbers and how far each was sent. */
  readonly #lanes = new LaneTable();
  readonly #first: number;
  readonly #end: number;
  readonly #isFirst: boolean;

  constructor(lanes: readonly LaneSpan[], part: number, parts: number, judge: Judge) {
    this.#judge = judge;
    for (const span of lanes) this.#lanes.add(span);
    const { size } = this.#lanes;
    this.#first = Math.floor((size * part) / parts);
    this.#end = Math.floor((size * (part + 1)) / parts);
    this.#isFirst = part === 0;
    let base = 0;
    for (const span of lanes) {
      const from = Math.max(base, this.#first);
      const count = Math.min(base + span.count, this.#end) - from;
      if (count > 0) judge.addLanes({ ...span, first: span.first + from - base, count });
      base += span.count;
    }
  }

  show(event: EventRecord): void {
    if (!isAboutMessage(event.kind)) return this.#judge.fold(event);
    const index = this.#lanes.indexOf(event.lane);
    const isOwn = index < 0 ? this.#isFirst : index >= this.#first && index < this.#end;
    if (isOwn) return this.#judge.fold(event);
    if (index >= 0) this.#other(event, index);
  }

  #other(event: EventRecord, index: number): void {
    const next = this.#lanes.nextOf(index);
    const { kind, seq } = event;
    if (kind === EventKind.sendInvoke && seq >= next) this.#lanes.advance(index, seq + 1);
    if (kind !== EventKind.deliver || seq >= next + earlySeqs) return;
    this.#judge.deliveredElsewhere(event, seq >= next ? 'early' : 'sent');
  }
}
