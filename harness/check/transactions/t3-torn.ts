import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import type { Transaction } from '../state/transaction.ts';
import { type TransactionState, transactionsOf } from '../state/transaction-state.ts';
import { withTransactions } from './applies.ts';
import { lostSight } from './given-up.ts';
import { drainedSubscriptions, undrainedOf } from './subscriptions.ts';

export const torn: CheckModule = {
  id: 'T3',
  definition:
    'Of the acknowledged messages of one transaction some were delivered to a drained subscription and some were not, although its commit was answered ok, or was requested and must have been applied for any of them to be seen.',
  source:
    'Atomicity as in KIP-98 (“all messages … or none of them”); fractured reads of Bailis et al., Scalable Atomic Visibility with RAMP Transactions (SIGMOD 2014); torn transactions in the Jepsen analysis of Bufstream 0.1.0',
  memory:
    'ranges of the messages of each transaction until it has been seen in whole, 22 bytes a range',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"tx.begin","actor":"p","transaction":"x"}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":0,"transaction":"x"}',
    '{"timeMs":3,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":4,"kind":"send.invoke","actor":"p","lane":"b","seq":0,"transaction":"x"}',
    '{"timeMs":5,"kind":"send.settled","actor":"p","lane":"b","seq":0,"outcome":"ok"}',
    '{"timeMs":6,"kind":"tx.end.invoke","actor":"p","transaction":"x","end":"commit"}',
    '{"timeMs":7,"kind":"tx.end.settled","actor":"p","transaction":"x","end":"commit","outcome":"ok"}',
    '{"timeMs":8,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: withTransactions,
  create: tornCheck,
};

/**
 * T3, torn. Counts transactions for each drained subscription. Left out of a transaction: messages that are
 * excused (expired, dead-lettered), not routed to the group, or sent in another transaction, too. Where no
 * answer to the commit is known, or all were refusals, a message that was seen proves it applied only if readers see committed
 * messages alone and the message was not read early (that is T2). A transaction of which nothing was seen
 * is not torn: its messages are lost (D1), or split from what it consumed (T5).
 */
function tornCheck(state: MessageState, seed: number): Check {
  const transactions = transactionsOf(state);
  return {
    listensTo: [],
    fold: () => undefined,
    finish: () => finish(state, transactions, seed),
  };
}

function finish(state: MessageState, transactions: TransactionState, seed: number): CheckResult {
  transactions.close();
  const findings = new Findings('T3', state.lanes, seed);
  const drained = drainedSubscriptions(state);
  let exposure = transactions.held.whole.ofSeveral;
  const examine = (transaction: Transaction): void => {
    for (const group of drained) {
      const { due, seen, seenInTime, absent } = transactions.held.standing(transaction, group);
      if (due < 2) continue;
      const isCommitted = transaction.outcome === 'committed';
      if (!isCommitted && seenInTime === 0) continue;
      exposure += 1;
      if (absent === 0 || seen === 0) continue;
      const kind = isCommitted ? 'committed' : transaction.isUnclear ? 'unanswered' : 'refused';
      const note = `${absent} of its ${due} acknowledged messages were never delivered, the others were`;
      findings.addAbout(kind, { about: 'transaction', transaction: transaction.id, group, note });
    }
  };
  transactions.held.list().forEach(examine);
  if (state.facts.transactions === 'read-committed') {
    for (const open of transactions.open.values()) if (open.asked) examine(open);
  }
  return (
    lostSight(findings, transactions) ?? undrainedOf(state, findings) ?? findings.result(exposure)
  );
}
