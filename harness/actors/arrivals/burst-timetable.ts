import { invariant } from '../../core/errors.ts';
import { constantTimetable, type Timetable } from '../timetable.ts';

/** Message k is due with its whole burst, at floor(k / size) × size / rate. */
export function burstTimetable(size: number, ratePerSecond: number, total: number): Timetable {
  invariant(Number.isInteger(size) && size > 0, 'a burst has messages');
  const bursts = constantTimetable(ratePerSecond / size, Math.ceil(total / size));
  return {
    total,
    timeNs: (index) => bursts.timeNs(Math.floor(index / size)),
    dueBy: (elapsedNs) => Math.min(total, bursts.dueBy(elapsedNs) * size),
  };
}
