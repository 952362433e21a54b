import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';
import { type TransactionState, transactionsOf } from '../state/transaction-state.ts';
import { withReadCommitted } from './applies.ts';
import { givenUp } from './given-up.ts';

export const earlyRead: CheckModule = {
  id: 'T2',
  definition:
    'A message was delivered to a subscription that reads committed messages only, before the commit of its transaction had been requested, or without that it ever was.',
  source:
    'G1b of Adya, Liskov and O’Neil (ICDE 2000) for messages; KIP-98, isolation.level=read_committed; precommitted-read of jepsen.tests.kafka for a transaction’s own writes',
  memory: '2 bits a message of a transaction, and 1 bit a message and group that was read early',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"tx.begin","actor":"p","transaction":"x"}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":0,"transaction":"x"}',
    '{"timeMs":3,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":4,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":5,"kind":"tx.end.invoke","actor":"p","transaction":"x","end":"commit"}',
    '{"timeMs":6,"kind":"tx.end.settled","actor":"p","transaction":"x","end":"commit","outcome":"ok"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  scope: 'lane',
  applies: withReadCommitted,
  create: earlyReadCheck,
};

/**
 * T2, early read. The request for the commit is written down before it is made, and a delivery after it was
 * made, so that a delivery that stands before the request cannot be explained by it; one at the same
 * instant is possible only. What was aborted in the end is T1's alone. A transaction that consumes what it
 * wrote itself, before its commit, has read uncommitted messages, too (class `own`): readers are apart from
 * producers here, unlike in a database.
 */
function earlyReadCheck(state: MessageState, seed: number): Check {
  const transactions = transactionsOf(state);
  return {
    listensTo: [],
    fold: () => undefined,
    finish: () => finish(state, transactions, seed),
  };
}

function finish(state: MessageState, transactions: TransactionState, seed: number): CheckResult {
  transactions.close();
  const findings = new Findings('T2', state.lanes, seed);
  let exposure = 0;
  state.groups.forEach(({ seen }, number) => {
    const early = transactions.early[number];
    if (early === undefined || state.facts.groups[number]?.role !== 'subscription') return;
    state.lanes.eachWord((lane, word) => {
      const written = transactions.written.word(lane, word);
      if (written === 0) return;
      exposure += popcount32(written & seen.word(lane, word));
      const read = early.word(lane, word) & ~transactions.abortedWord(lane, word);
      const tied = transactions.tied.word(lane, word);
      findings.possible += popcount32(read & tied);
      eachBit(read & ~tied, word, (seq) => {
        const kind = transactions.own.get(lane, seq) ? 'own' : 'foreign';
        findings.add(kind, lane, seq, number, notes[kind]);
      });
    });
  });
  return givenUp(findings, transactions) ?? findings.result(exposure);
}

const notes = {
  own: 'a transaction consumed its own write before its commit was requested',
  foreign: 'delivered before the commit of its transaction was requested',
};
