import type { LatePolicy, Load } from '../../scenarios/load.ts';
import { type LoadShare, numberInLoad, sharedTimetable } from './arrivals/share.ts';
import { timetableOf } from './arrivals/timetable-of.ts';
import type { Timetable } from './timetable.ts';

/**
 * Which messages may leave at an instant. Indexes run over everything the load asks for; `next` is the
 * first that has neither left nor been dropped.
 */
export interface Schedule {
  readonly total: number;
  /** How many may leave now. */
  ready(nowNs: number, next: number, outstanding: number): number;
  /** The instant at which message `index` should have left on its own. */
  intendedNs(index: number, nowNs: number): number;
  /**
   * When the batch that begins with `next` leaves by plan: as soon as `limit` messages are there, or
   * when its first has waited for the linger, or with the last message of the load.
   */
  departureNs(next: number, limit: number, ready: number, nowNs: number): number;
  /** How many of the messages from `next` on are too old to be sent at all. */
  overdue(nowNs: number, next: number): number;
}

/** The most that `drop` tolerates: ten periods of the 1 ms pacer, so that only real stalls drop. */
export const dropAfterNs = 10e6;

/** What a schedule is made of; `load` has the messages of one producer alone. */
export interface ScheduleSpec {
  readonly load: Load;
  readonly share: LoadShare;
  readonly loadSeed: number;
  readonly lingerMs: number;
}

export function scheduleOf(
  { load, share, loadSeed, lingerMs }: ScheduleSpec,
  startNs: number,
): Schedule {
  if (load.kind === 'closed') return closedSchedule(load.window, load.messages, lingerMs);
  const whole = timetableOf(load, numberInLoad(share, load.messages - 1) + 1, loadSeed);
  const timetable = sharedTimetable(whole, share, load.messages);
  return openSchedule(timetable, load.late, startNs, lingerMs);
}

/**
 * The messages from index `unheld` on wait until they are released, and the timetable with them: it goes on
 * from there at its own pace, so that a burst of what is overdue does not take the place of the load.
 */
export function heldBack(schedule: Schedule, unheld: number, isReleased: () => boolean): Schedule {
  let pauseNs: number | undefined;
  const pauseAt = (nowNs: number): number | undefined => {
    if (pauseNs === undefined && isReleased()) {
      pauseNs = Math.max(0, nowNs - schedule.intendedNs(unheld, nowNs));
    }
    return pauseNs;
  };
  const shiftNs = (index: number): number => (index >= unheld ? (pauseNs ?? 0) : 0);
  return {
    ...schedule,
    ready: (nowNs, next, outstanding) => {
      const due = Math.min(schedule.ready(nowNs, next, outstanding), Math.max(0, unheld - next));
      const pause = pauseAt(nowNs);
      if (pause === undefined) return due;
      return Math.max(due, schedule.ready(nowNs - pause, next, outstanding));
    },
    intendedNs: (index, nowNs) => schedule.intendedNs(index, nowNs) + shiftNs(index),
    departureNs: (next, limit, ready, nowNs) =>
      schedule.departureNs(next, limit, ready, nowNs) + shiftNs(next),
  };
}

export function openSchedule(
  timetable: Timetable,
  late: LatePolicy,
  startNs: number,
  lingerMs: number,
): Schedule {
  const lingerNs = lingerMs * 1e6;
  const toleranceNs = lingerNs + (typeof late === 'object' ? late.boundMs * 1e6 : dropAfterNs);
  return {
    total: timetable.total,
    ready: (nowNs, next) => timetable.dueBy(nowNs - startNs) - next,
    intendedNs: (index) => startNs + timetable.timeNs(index),
    departureNs: (next, limit) => {
      const last = Math.min(next + limit, timetable.total) - 1;
      return startNs + Math.min(timetable.timeNs(last), timetable.timeNs(next) + lingerNs);
    },
    overdue: (nowNs, next) =>
      late === 'catch-up' ? 0 : Math.max(0, timetable.dueBy(nowNs - startNs - toleranceNs) - next),
  };
}

/** A new message is due the moment one of the window is answered, so it is never late. */
export function closedSchedule(window: number, total: number, lingerMs: number): Schedule {
  const lingerNs = lingerMs * 1e6;
  let waitingFor = -1;
  let waitingSinceNs = 0;
  return {
    total,
    ready: (_nowNs, next, outstanding) => Math.max(0, Math.min(window - outstanding, total - next)),
    intendedNs: (_index, nowNs) => nowNs,
    departureNs: (next, limit, ready, nowNs) => {
      if (ready >= Math.min(limit, total - next)) return nowNs;
      if (waitingFor !== next) {
        waitingFor = next;
        waitingSinceNs = nowNs;
      }
      return waitingSinceNs + lingerNs;
    },
    overdue: () => 0,
  };
}
