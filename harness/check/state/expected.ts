import { bindingsOf } from './bindings.ts';
import type { MessageState } from './message-state.ts';

/**
 * The messages that a group must get, by words of 32: those that the reference router certainly leads to
 * it. Only subscriptions must get anything, and one that was drained nothing that was sent only then: had it
 * waited any longer, it might have come. One that begins behind what is there must get nothing of before. Made in a check's `create`, read in its `finish`.
 */
export function expectedWords(
  state: MessageState,
): (group: number, lane: number, word: number) => number {
  const { groups } = state.facts;
  const bindings = bindingsOf(state);
  return (group, lane, word) => {
    if (groups[group]?.role !== 'subscription') return 0;
    const of = state.groups[group];
    if (of === undefined) return 0;
    const owed = of.drained ? of.drainedWord(lane, word) : -1;
    return bindings.belongsWord(group, lane, word) & owed & ~of.beforeBeginWord(lane, word);
  };
}
