import type { Timetable } from '../timetable.ts';

/**
 * What one producer sends of the load: of every `of` messages that which stands at `index`, its own number j
 * being the load's number (from + j) × of + index. Whoever takes a crashed producer's place begins `from` where
 * that one had come to, with the load's start as far back as this is due.
 */
export interface LoadShare {
  readonly index: number;
  readonly of: number;
  readonly from: number;
}

export function numberInLoad({ index, of, from }: LoadShare, own: number): number {
  return (from + own) * of + index;
}

/** How many of `messages` fall to the producer at `index` of `of`. */
export function shareOf(messages: number, index: number, of: number): number {
  return Math.max(0, Math.ceil((messages - index) / of));
}

/** The share's own timetable; its first message is due when the whole one says, or at once where it goes on. */
export function sharedTimetable(whole: Timetable, share: LoadShare, total: number): Timetable {
  if (share.of === 1 && share.from === 0) return whole;
  const { index, of, from } = share;
  const shiftNs = from === 0 ? 0 : whole.timeNs(numberInLoad(share, 0));
  return {
    total,
    timeNs: (own) => whole.timeNs(numberInLoad(share, own)) - shiftNs,
    dueBy: (elapsedNs) => {
      const due = shareOf(whole.dueBy(elapsedNs + shiftNs), index, of) - from;
      return Math.min(total, Math.max(0, due));
    },
  };
}
