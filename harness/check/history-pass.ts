import type { EventRecord } from '../core/events.ts';

/** Shows every kept event of a history, in the order of time; the object may be reused. */
export type HistoryPass = (visit: (event: EventRecord) => void) => void;
