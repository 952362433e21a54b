import type { CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';
import type { StreamingCheck } from '../streaming-check.ts';

/** D8, ghost: every attempt to send it failed definitely, and yet it was delivered. */
export function ghostCheck(state: MessageState, seed: number): StreamingCheck {
  return { id: 'D8', listensTo: [], fold: () => undefined, finish: () => finish(state, seed) };
}

function finish(state: MessageState, seed: number): CheckResult {
  const findings = new Findings('D8', state.lanes, seed);
  let exposure = 0;
  for (let lane = 0; lane < state.lanes.size; lane += 1) {
    const words = state.lanes.wordsOf(lane);
    for (let word = 0; word < words; word += 1) {
      const refused = state.sends.refusedWord(lane, word);
      if (refused === 0) continue;
      exposure += popcount32(refused);
      eachBit(refused & state.seenAnywhereWord(lane, word), word, (seq) => {
        const group = state.groups.findIndex(({ seen }) => seen.get(lane, seq));
        findings.add('ghost', lane, seq, group, 'every send of it was refused, yet it arrived');
      });
    }
  }
  return findings.result(exposure);
}
