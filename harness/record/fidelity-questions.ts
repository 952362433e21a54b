import type { ClauseAnswerRecord } from './fidelity-schema.ts';

/** What excuses a deviation: that somebody knows of it, until its last day. */
export function isExcused({ verdict, deviation }: ClauseAnswerRecord): boolean {
  return verdict === 'deviates' && deviation !== null && !deviation.expired;
}
