import type { CheckId } from '../../core/anomalies.ts';
import { plural } from '../../core/plural.ts';
import type { CheckResult } from '../check.ts';
import { bindingsOf } from '../state/bindings.ts';
import type { MessageState } from '../state/message-state.ts';
import { popcount32 } from '../state/planes.ts';

type Words = (lane: number, word: number) => number;

/**
 * Counts, for every subscription that was drained, those of `candidates` that were sent only after its last
 * drain and have not come: nothing tells whether they would have. Made in a check's `create`, called in its
 * `finish`.
 */
export function sentSinceDrain(state: MessageState, candidates: Words): () => number {
  const bindings = bindingsOf(state);
  return () => {
    let count = 0;
    state.groups.forEach((group, number) => {
      if (!group.drained || state.facts.groups[number]?.role !== 'subscription') return;
      state.lanes.eachWord((lane, word) => {
        const arrived = group.seen.word(lane, word) | state.excuses.word(number, lane, word);
        const since = ~group.drainedWord(lane, word) & bindings.belongsWord(number, lane, word);
        count += popcount32(candidates(lane, word) & since & ~arrived);
      });
    });
    return count;
  };
}

export function undecidedSinceDrain(check: CheckId, count: number): CheckResult {
  const reason = `${plural(count, 'message that never came was', 'messages that never came were')} sent after the last drain`;
  return { status: 'undecided', check, reason };
}
