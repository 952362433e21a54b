import type { Check, CheckModule, CheckResult } from '../check.ts';
import { sentSinceDrain, undecidedSinceDrain } from '../delivery/since-drain.ts';
import { Findings } from '../findings.ts';
import { acknowledgedWords } from '../state/acknowledged.ts';
import { expectedWords } from '../state/expected.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';
import { type TransactionState, transactionsOf } from '../state/transaction-state.ts';
import { givenUp } from '../transactions/given-up.ts';
import { subscriptions, undrainedOf } from '../transactions/subscriptions.ts';

export const falseOutcome: CheckModule = {
  id: 'L5',
  definition:
    'An outcome was reported against the truth: failed for a send (D8) that was applied, aborted or refused for a transaction that was (T1), or acknowledged for a send that never was or did not last (D1).',
  source:
    'Alvaro and Kingsbury, Elle (VLDB 2020), section on indeterminate and definite operations',
  memory: 'none beyond that of D1, D8 and T1',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":2,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"fail"}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: () => undefined,
  create: falseOutcomeCheck,
};

/** Counts messages, once each; it always comes with D1, D8 or T1, whose words are the more exact ones. */
function falseOutcomeCheck(state: MessageState, seed: number): Check {
  const acknowledged = acknowledgedWords(state);
  const parts: Parts = {
    acknowledged,
    expected: expectedWords(state),
    sinceDrain: sentSinceDrain(state, acknowledged),
    transactions: state.facts.transactions === 'read-committed' ? transactionsOf(state) : undefined,
  };
  return { listensTo: [], fold: () => undefined, finish: () => finish(state, parts, seed) };
}

interface Parts {
  readonly acknowledged: ReturnType<typeof acknowledgedWords>;
  readonly expected: ReturnType<typeof expectedWords>;
  readonly sinceDrain: ReturnType<typeof sentSinceDrain>;
  /** Where readers see nothing but what was committed. */
  readonly transactions: TransactionState | undefined;
}

function finish(state: MessageState, parts: Parts, seed: number): CheckResult {
  const { transactions } = parts;
  transactions?.close();
  const findings = new Findings('L5', state.lanes, seed);
  let exposure = 0;
  state.lanes.eachWord((lane, word) => {
    const refused = state.sends.refusedWord(lane, word);
    const aborted = (transactions?.abortedWord(lane, word) ?? 0) & ~refused;
    exposure += popcount32(refused) + popcount32(aborted);
    exposure += scanAbsent(state, parts, lane, word, findings);
    eachBit(refused, word, (seq) => {
      const group = state.groups.findIndex(({ seen }) => seen.get(lane, seq));
      const note = 'reported as failed, and it was delivered';
      if (group >= 0) findings.add('failed, yet applied', lane, seq, group, note);
    });
    eachBit(aborted, word, (seq) => {
      const group = subscriptions(state).find((of) => state.groups[of]?.seen.get(lane, seq));
      const note = 'its transaction was reported as aborted or refused, and it was delivered';
      if (group !== undefined) findings.add('aborted, yet applied', lane, seq, group, note);
    });
  });
  return undecidedOf(state, parts, findings) ?? findings.result(exposure);
}

/** @returns how many acknowledged messages drained subscriptions had to get */
function scanAbsent(
  state: MessageState,
  { acknowledged, expected }: Parts,
  lane: number,
  word: number,
  findings: Findings,
): number {
  let decided = 0;
  let absent = 0;
  state.groups.forEach((group, number) => {
    if (!group.drained) return;
    const due = acknowledged(lane, word) & expected(number, lane, word);
    decided += popcount32(due);
    absent |= due & ~(group.seen.word(lane, word) | state.excuses.word(number, lane, word));
  });
  eachBit(absent, word, (seq) => {
    const note = 'acknowledged, and it never came';
    const group = subscriptions(state).find((of) => state.groups[of]?.seen.get(lane, seq) !== true);
    findings.add('acknowledged, yet absent', lane, seq, group ?? 0, note);
  });
  return decided;
}

function undecidedOf(
  state: MessageState,
  { sinceDrain, transactions }: Parts,
  findings: Findings,
): CheckResult | undefined {
  if (findings.count > 0) return undefined;
  const lost = transactions === undefined ? undefined : givenUp(findings, transactions);
  const since = sinceDrain();
  if (lost !== undefined) return lost;
  return undrainedOf(state, findings) ?? (since > 0 ? undecidedSinceDrain('L5', since) : undefined);
}
