import { invariant } from '../core/errors.ts';

/**
 * When each message is due, t_k = R⁻¹(k), as nanoseconds since the load's start. Absolute: a message that
 * leaves late does not move the next. Whatever the arrival process, `timeNs` never falls with k, and
 * `dueBy` is its exact inverse, so that a pacer needs nothing else of it.
 */
export interface Timetable {
  readonly total: number;
  /** @param index from 0 to total - 1 */
  timeNs(index: number): number;
  /** How many messages are due at `elapsedNs`: the smallest index with `timeNs(index) > elapsedNs`. */
  dueBy(elapsedNs: number): number;
}

/** Message k is due at k / rate. */
export function constantTimetable(ratePerSecond: number, total: number): Timetable {
  invariant(ratePerSecond > 0, 'a timetable has a positive rate');
  const periodNs = 1e9 / ratePerSecond;
  const timeNs = (index: number): number => Math.round(index * periodNs);
  return {
    total,
    timeNs,
    dueBy: (elapsedNs) => {
      if (elapsedNs < 0) return 0;
      // Division and rounding may miss by one in either direction; the definition decides.
      let due = Math.floor(elapsedNs / periodNs) + 1;
      while (due > 0 && timeNs(due - 1) > elapsedNs) due -= 1;
      while (timeNs(due) <= elapsedNs) due += 1;
      return due < total ? due : total;
    },
  };
}
