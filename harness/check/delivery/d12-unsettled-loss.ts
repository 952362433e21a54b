import type { CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';
import type { StreamingCheck } from '../streaming-check.ts';

/** D12, unsettled loss: the producer does not know its fate, and a drained group never got it. */
export function unsettledLossCheck(state: MessageState, seed: number): StreamingCheck {
  return { id: 'D12', listensTo: [], fold: () => undefined, finish: () => finish(state, seed) };
}

function finish(state: MessageState, seed: number): CheckResult {
  const findings = new Findings('D12', state.lanes, seed);
  const undrained: number[] = [];
  let exposure = 0;
  state.groups.forEach((group, number) => {
    if (!group.drained) {
      undrained.push(number);
      return;
    }
    for (let lane = 0; lane < state.lanes.size; lane += 1) {
      const words = state.lanes.wordsOf(lane);
      for (let word = 0; word < words; word += 1) {
        const unsettled = state.sends.unsettledWord(lane, word);
        if (unsettled === 0) continue;
        exposure += popcount32(unsettled);
        const arrived = group.seen.word(lane, word) | state.excused.word(lane, word);
        eachBit(unsettled & ~arrived, word, (seq) => {
          findings.add('unsettled', lane, seq, number, 'sent, outcome unknown, never delivered');
        });
      }
    }
  });
  if (undrained.length > 0 && findings.count === 0) {
    const reason = `subscription ${undrained.join(', ')} was not drained`;
    return { status: 'undecided', check: 'D12', reason };
  }
  return findings.result(exposure);
}
