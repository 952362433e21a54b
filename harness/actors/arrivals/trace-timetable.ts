import { invariant } from '../../core/errors.ts';
import type { Timetable } from '../timetable.ts';
import { firstAfter } from './first-after.ts';

/** Message k is due at the k-th recorded instant. */
export function traceTimetable(offsetsNs: readonly number[], total: number): Timetable {
  invariant(total <= offsetsNs.length, 'a trace has an instant for every message');
  const timesNs = Float64Array.from(offsetsNs.slice(0, total), Math.round);
  return {
    total,
    timeNs: (index) => timesNs[index] as number,
    dueBy: (elapsedNs) => firstAfter(timesNs, total, Math.floor(elapsedNs) + 0.5),
  };
}
