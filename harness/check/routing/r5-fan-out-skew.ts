import type { CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { acknowledgedWords } from '../state/acknowledged.ts';
import { expectedWords } from '../state/expected.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';
import { undrainedText } from '../state/undrained.ts';

export const fanOutSkew: CheckModule = {
  id: 'R5',
  definition:
    'Of two subscriptions that a message belongs to one has it and the other, drained, does not and is not excused. Sends of unknown outcome count: applied means applied everywhere.',
  source: 'SNS fan-out; AMQP 0-9-1 section 3.1.3 (one message, every bound queue)',
  memory: 'none beyond D1’s',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"unknown"}',
    '{"timeMs":2,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
    '{"timeMs":91,"kind":"drain.complete","group":"h"}',
  ],
  scope: 'lane',
  applies: ({ groups }) =>
    groups.filter(({ role }) => role === 'subscription').length > 1
      ? undefined
      : 'there is one subscription only',
  create: (state, seed) => {
    const words = { acknowledged: acknowledgedWords(state), expected: expectedWords(state) };
    return { listensTo: [], fold: () => undefined, finish: () => finish(state, words, seed) };
  },
};

interface Words {
  readonly acknowledged: (lane: number, word: number) => number;
  readonly expected: (group: number, lane: number, word: number) => number;
}

/** R5, the fan-out reached some subscribers only. Counts messages, not pairs of subscriptions. */
function finish(state: MessageState, words: Words, seed: number): CheckResult {
  const findings = new Findings('R5', state.lanes, seed);
  let exposure = 0;
  state.lanes.eachWord((lane, word) => {
    const sent = words.acknowledged(lane, word) | state.sends.unsettledWord(lane, word);
    let present = 0;
    let absent = 0;
    let absentFrom: number[] = [];
    state.groups.forEach((group, number) => {
      const due = sent & words.expected(number, lane, word);
      const seen = group.seen.word(lane, word);
      present |= due & seen;
      if (!group.drained) return;
      const missing = due & ~seen & ~state.excuses.word(number, lane, word);
      if (missing !== 0) absentFrom = [...absentFrom, number];
      absent |= missing;
    });
    exposure += popcount32(present);
    eachBit(present & absent, word, (seq) => {
      const group = absentFrom.find((of) => state.groups[of]?.seen.get(lane, seq) === false) ?? 0;
      findings.add('skew', lane, seq, group, 'another subscription has it, this one does not');
    });
  });
  const undrained = [...state.groups.keys()].filter(
    (number) =>
      state.facts.groups[number]?.role === 'subscription' && state.groups[number]?.drained !== true,
  );
  if (findings.count === 0 && undrained.length > 0) {
    return { status: 'undecided', check: 'R5', reason: undrainedText(state, undrained) };
  }
  return findings.result(exposure);
}
