import type { Check, CheckModule } from '../check.ts';
import { Findings } from '../findings.ts';
import { acknowledgedWords } from '../state/acknowledged.ts';
import { expectedWords } from '../state/expected.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';

export const falseOutcome: CheckModule = {
  id: 'L5',
  definition:
    'An outcome was reported against the truth: failed for a send that was applied (D8), or acknowledged for one that never was or did not last (D1).',
  source:
    'Alvaro and Kingsbury, Elle (VLDB 2020), section on indeterminate and definite operations',
  memory: 'none beyond D1’s and D8’s',
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

/** Counts messages; it always comes with D1 or D8, whose words are the more exact ones. */
function falseOutcomeCheck(state: MessageState, seed: number): Check {
  const acknowledged = acknowledgedWords(state);
  const expected = expectedWords(state);
  const scan = (lane: number, word: number, findings: Findings): number => {
    const refused = state.sends.refusedWord(lane, word);
    eachBit(refused & state.seenAnywhereWord(lane, word), word, (seq) => {
      findings.add('failed, yet applied', lane, seq, 0, 'reported as failed, and it was delivered');
    });
    let decided = popcount32(refused);
    let absent = 0;
    state.groups.forEach((group, number) => {
      if (!group.drained) return;
      const due = acknowledged(lane, word) & expected(number, lane, word);
      decided += popcount32(due);
      absent |= due & ~(group.seen.word(lane, word) | state.excuses.word(number, lane, word));
    });
    eachBit(absent, word, (seq) => {
      findings.add('acknowledged, yet absent', lane, seq, 0, 'acknowledged, and it never came');
    });
    return decided;
  };
  return {
    listensTo: [],
    fold: () => undefined,
    finish: () => {
      const findings = new Findings('L5', state.lanes, seed);
      let exposure = 0;
      state.lanes.eachWord((lane, word) => {
        exposure += scan(lane, word, findings);
      });
      return findings.result(exposure);
    },
  };
}
