import type { EventRecord } from '../core/events.ts';

/** Where an actor or the coordinator writes its events. Never blocks, never throws for lack of room. */
export interface EventSink {
  /** Copies the record. Times of one sink must not go back: the sink raises a smaller one to its last. */
  append(event: EventRecord): void;
  /** Promises that nothing earlier than `timeNs` will be appended any more. */
  advance(timeNs: number): void;
}

/** Everything a worker needs to write its ring; crosses the thread boundary by structured clone. */
export interface RingHandle {
  readonly control: SharedArrayBuffer;
  readonly records: SharedArrayBuffer;
  readonly capacity: number;
  /** Where the writer spills while the ring is full. */
  readonly spillFile: string;
}
