import { emptyEvent, EventKind, type EventRecord, Flag } from '../core/events.ts';
import type { EventSink } from '../history/sink.ts';
import { effectSink, outputGroup } from './transformation.ts';

interface Output {
  readonly inputLane: number;
  readonly inputSeq: number;
  /** Where it was found, one after another; of a copy without a place only that it was found. */
  readonly found: Set<string>;
}

/**
 * Reads the outputs back as the effects of their inputs: how many of an input's outputs the readers of the
 * output saw. Two copies of one output at two places count twice, one copy that was delivered twice does not.
 * Holds an entry for each output of the cell, of which there are as many as its load asks for, and a few.
 */
export class OutputCounter {
  readonly #outputs = new Map<string, Output>();

  observe(event: EventRecord): void {
    if (event.kind === EventKind.sendInvoke) {
      if ((event.flags & Flag.derived) === 0) return;
      const key = keyOf(event.lane, event.seq);
      if (this.#outputs.has(key)) return;
      const { positionMajor: inputLane, positionMinor: inputSeq } = event;
      this.#outputs.set(key, { inputLane, inputSeq, found: new Set() });
    } else if (event.kind === EventKind.deliver && event.group === outputGroup) {
      const isPlaced = (event.flags & Flag.placed) !== 0;
      const { scope, positionMajor, positionMinor } = event;
      const place = isPlaced ? `${scope} ${positionMajor} ${positionMinor}` : '';
      this.#outputs.get(keyOf(event.lane, event.seq))?.found.add(place);
    }
  }

  /** Writes down what was found of every input, and that this is all. */
  readBack(events: EventSink, timeNs: number): void {
    const copies = new Map<string, { lane: number; seq: number; count: number }>();
    for (const { inputLane: lane, inputSeq: seq, found } of this.#outputs.values()) {
      const key = keyOf(lane, seq);
      const known = copies.get(key) ?? { lane, seq, count: 0 };
      known.count += found.size;
      copies.set(key, known);
    }
    const event = { ...emptyEvent(), timeNs, scope: effectSink };
    for (const { lane, seq, count } of copies.values()) {
      if (count > 0) events.append({ ...event, kind: EventKind.sinkRead, lane, seq, ref: count });
    }
    events.append({ ...event, kind: EventKind.sinkComplete });
  }
}

function keyOf(lane: number, seq: number): string {
  return `${lane} ${seq}`;
}
