import type { ClauseState } from '../../harness/record/schema.ts';
import type { GatheredPromise } from '../model/gathered.ts';
import { percent, whole } from '../text/numbers.ts';

export const stateWords: Readonly<Record<ClauseState, string>> = {
  broken: '**broken**',
  expected: 'broken as a known deviation says',
  'should-violated': 'seen, against what should be',
  'unclaimed-violated': 'seen; nobody promised it',
  'unexpectedly-kept': 'kept, against a known deviation',
  kept: 'kept',
  'should-held': 'kept',
  'unclaimed-held': 'not seen; nobody promised it',
  undecided: 'not decided',
};

/** `122 of 16,000 (0.76 %)`. */
export function seenOf({ count, exposure }: GatheredPromise): string {
  const rate = exposure === 0 ? 0 : count / exposure;
  const share = count === 0 ? '' : ` (${percent(rate)})`;
  return `${whole(count)} of ${whole(exposure)}${share}`;
}
