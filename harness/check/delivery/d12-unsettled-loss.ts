import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { unsettledWords } from '../state/acknowledged.ts';
import { expectedWords } from '../state/expected.ts';
import { undrainedText } from '../state/undrained.ts';
import { sentSinceDrain, undecidedSinceDrain } from './since-drain.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';

export const unsettledLoss: CheckModule = {
  id: 'D12',
  definition:
    'The outcome of the send is unknown, and a drained group never got the message. No level forbids it; the rate is the price of not being answered.',
  source:
    'Kafka producer configuration acks=0; Jepsen total-queue counts such elements as recovered when they arrive',
  memory: 'none beyond D1’s',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":3,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  scope: 'lane',
  applies: () => undefined,
  create: unsettledLossCheck,
};

/**
 * D12, unsettled loss: the producer does not know its fate, and a drained group never got it. A message of
 * a transaction is unsettled as long as nobody knows whether its commit was applied.
 */
function unsettledLossCheck(state: MessageState, seed: number): Check {
  const unsettledOf = unsettledWords(state);
  const words = {
    expected: expectedWords(state),
    unsettledOf,
    sinceDrain: sentSinceDrain(state, unsettledOf),
  };
  return { listensTo: [], fold: () => undefined, finish: () => finish(state, words, seed) };
}

interface Words {
  readonly expected: ReturnType<typeof expectedWords>;
  readonly unsettledOf: ReturnType<typeof unsettledWords>;
  readonly sinceDrain: ReturnType<typeof sentSinceDrain>;
}

function finish(
  state: MessageState,
  { expected, unsettledOf, sinceDrain }: Words,
  seed: number,
): CheckResult {
  const findings = new Findings('D12', state.lanes, seed);
  const undrained: number[] = [];
  let exposure = 0;
  state.groups.forEach((group, number) => {
    if (state.facts.groups[number]?.role !== 'subscription') return;
    if (!group.drained) {
      undrained.push(number);
      return;
    }
    state.lanes.eachWord((lane, word) => {
      const unsettled = unsettledOf(lane, word) & expected(number, lane, word);
      if (unsettled === 0) return;
      exposure += popcount32(unsettled);
      const arrived = group.seen.word(lane, word) | state.excuses.word(number, lane, word);
      eachBit(unsettled & ~arrived, word, (seq) => {
        findings.add('unsettled', lane, seq, number, 'sent, outcome unknown, never delivered');
      });
    });
  });
  if (undrained.length > 0 && findings.count === 0) {
    return { status: 'undecided', check: 'D12', reason: undrainedText(state, undrained) };
  }
  const since = sinceDrain();
  if (since > 0 && findings.count === 0) return undecidedSinceDrain('D12', since);
  return findings.result(exposure);
}
