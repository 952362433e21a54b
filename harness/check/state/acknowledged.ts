import type { MessageState } from './message-state.ts';
import { transactionsOf } from './transaction-state.ts';

type Words = (lane: number, word: number) => number;

/**
 * The set A, by words of 32 messages: any attempt was answered ok. What was sent in a transaction is in A
 * only if the commit of that transaction was answered ok, too; of messages whose attempts belong to several
 * transactions, nothing tells which attempt was the one that counts, and they are left out. Made in a
 * check's `create`, read in its `finish`.
 */
export function acknowledgedWords(state: MessageState): Words {
  if (state.facts.transactions === 'none') return (lane, word) => state.sends.ok.word(lane, word);
  const transactions = transactionsOf(state);
  return (lane, word) => {
    const { written, committed } = transactions;
    const settled = committed.word(lane, word) & ~transactions.sharedWord(lane, word);
    return state.sends.ok.word(lane, word) & (~written.word(lane, word) | settled);
  };
}

/**
 * The set U, by words: messages whose fate their producer does not know, because no answer came to the send
 * or to the commit of its transaction. A message whose commit was never asked for is none of them, and
 * neither is one whose transaction was aborted. Made in a check's `create`, read in its `finish`.
 */
export function unsettledWords(state: MessageState): Words {
  const { sends } = state;
  if (state.facts.transactions === 'none') {
    return (lane, word) => sends.unsettledWord(lane, word);
  }
  const transactions = transactionsOf(state);
  return (lane, word) => {
    transactions.close();
    const { written, committed, aborted, unclear, outside } = transactions;
    const bySend =
      ~written.word(lane, word) | outside.word(lane, word) | committed.word(lane, word);
    const decided = committed.word(lane, word) | aborted.word(lane, word);
    const byCommit = unclear.word(lane, word) & ~decided & ~sends.refusedWord(lane, word);
    const unsettled = (sends.unsettledWord(lane, word) & bySend) | byCommit;
    return unsettled & state.lanes.sentMask(lane, word);
  };
}
