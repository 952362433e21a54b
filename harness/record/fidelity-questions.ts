import type { ClauseAnswerRecord } from './fidelity-schema.ts';

/** What excuses a deviation, or a clause that stays open: that somebody knows of it, until its last day. */
export function isExcused({ verdict, deviation }: ClauseAnswerRecord): boolean {
  return deviation !== null && deviation.shows === verdict && !deviation.expired;
}
