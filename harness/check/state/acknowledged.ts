import type { MessageState } from './message-state.ts';

/**
 * The set A, by words of 32 messages: any attempt was answered ok. Made in a check's `create`, read in its
 * `finish`.
 */
export function acknowledgedWords(state: MessageState): (lane: number, word: number) => number {
  return (lane, word) => state.sends.ok.word(lane, word);
}
