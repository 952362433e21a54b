import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';

export const ghost: CheckModule = {
  id: 'D8',
  definition: 'Every attempt to send the message certainly failed, and yet it was delivered.',
  source: 'G1a of Adya, Liskov and O’Neil (ICDE 2000) without transactions; Jepsen queue checkers',
  memory: '1 bit a message that failed',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":3,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"fail"}',
    '{"timeMs":4,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":5,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":1}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  scope: 'lane',
  applies: () => undefined,
  create: ghostCheck,
};

/** D8, ghost: every attempt to send it failed definitely, and yet it was delivered. */
function ghostCheck(state: MessageState, seed: number): Check {
  return { listensTo: [], fold: () => undefined, finish: () => finish(state, seed) };
}

function finish(state: MessageState, seed: number): CheckResult {
  const findings = new Findings('D8', state.lanes, seed);
  let exposure = 0;
  state.lanes.eachWord((lane, word) => {
    const refused = state.sends.refusedWord(lane, word);
    if (refused === 0) return;
    exposure += popcount32(refused);
    eachBit(refused & state.seenAnywhereWord(lane, word), word, (seq) => {
      const group = state.groups.findIndex(({ seen }) => seen.get(lane, seq));
      findings.add('ghost', lane, seq, group, 'every send of it was refused, yet it arrived');
    });
  });
  return findings.result(exposure);
}
