import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';
import { type TransactionState, transactionsOf } from '../state/transaction-state.ts';
import { withReadCommitted } from './applies.ts';
import { givenUp } from './given-up.ts';

export const abortedRead: CheckModule = {
  id: 'T1',
  definition:
    'A message whose transaction was aborted, by an abort that was answered ok, or of which every commit was certainly refused, was delivered to a subscription that reads committed messages only, before that or after it.',
  source:
    'G1a of Adya, Liskov and O’Neil, Generalized Isolation Level Definitions (ICDE 2000); KIP-98, isolation.level=read_committed; g1a of jepsen.tests.kafka',
  memory: '1 bit a message of an aborted transaction',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"tx.begin","actor":"p","transaction":"x"}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":0,"transaction":"x"}',
    '{"timeMs":3,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":4,"kind":"tx.end.invoke","actor":"p","transaction":"x","end":"abort"}',
    '{"timeMs":5,"kind":"tx.end.settled","actor":"p","transaction":"x","end":"abort","outcome":"ok"}',
    '{"timeMs":6,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  scope: 'lane',
  applies: withReadCommitted,
  create: abortedReadCheck,
};

/**
 * T1, aborted read (G1a). Counts messages for each subscription. A message that was sent outside of the
 * transaction, too, or in another one that was committed, may rightly be seen; where a commit was asked for
 * whose outcome nobody knows, of this transaction before its abort or of another one with the same message,
 * the finding is possible only. Other readers than subscriptions may read below the isolation level.
 */
function abortedReadCheck(state: MessageState, seed: number): Check {
  const transactions = transactionsOf(state);
  return {
    listensTo: [],
    fold: () => undefined,
    finish: () => finish(state, transactions, seed),
  };
}

function finish(state: MessageState, transactions: TransactionState, seed: number): CheckResult {
  transactions.close();
  const findings = new Findings('T1', state.lanes, seed);
  let exposure = 0;
  state.groups.forEach(({ seen }, number) => {
    if (state.facts.groups[number]?.role !== 'subscription') return;
    state.lanes.eachWord((lane, word) => {
      const aborted = transactions.aborted.word(lane, word);
      if (aborted === 0) return;
      const excused =
        transactions.committed.word(lane, word) | transactions.outside.word(lane, word);
      const unclear = transactions.unclear.word(lane, word);
      const chances = aborted & ~excused;
      exposure += popcount32(chances & ~unclear);
      const read = chances & seen.word(lane, word);
      findings.possible += popcount32(read & unclear);
      eachBit(read & ~unclear, word, (seq) => {
        const note = 'delivered although its transaction was aborted or refused';
        findings.add('aborted', lane, seq, number, note);
      });
    });
  });
  return givenUp(findings, transactions) ?? findings.result(exposure);
}
