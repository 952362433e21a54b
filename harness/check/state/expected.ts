import { bindingsOf } from './bindings.ts';
import type { MessageState } from './message-state.ts';

/**
 * The messages that a group must get, by words of 32: those that the reference router certainly leads to
 * it. Only subscriptions must get anything. Made in a check's `create`, read in its `finish`.
 */
export function expectedWords(
  state: MessageState,
): (group: number, lane: number, word: number) => number {
  const { groups } = state.facts;
  const bindings = bindingsOf(state);
  return (group, lane, word) => {
    if (groups[group]?.role !== 'subscription') return 0;
    return bindings.belongsWord(group, lane, word);
  };
}
