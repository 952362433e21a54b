import type { CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { GroupState } from '../state/group-state.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';
import type { StreamingCheck } from '../streaming-check.ts';

/**
 * D1, lost: acknowledged, never delivered to a drained group, not excused. Classes by lane: `middle` (a
 * later and an earlier message of the lane arrived), `prefix` (only later ones), `suffix` (nothing later
 * arrived). A group that was not drained proves no loss, whatever its gaps: the missing copy may still be
 * leased to somebody or wait behind a requeue. Its gaps below an arrived message are counted as possible.
 */
export function lostCheck(state: MessageState, seed: number): StreamingCheck {
  return { id: 'D1', listensTo: [], fold: () => undefined, finish: () => finish(state, seed) };
}

function finish(state: MessageState, seed: number): CheckResult {
  const findings = new Findings('D1', state.lanes, seed);
  let exposure = 0;
  const undrained: number[] = [];
  state.groups.forEach((group, number) => {
    if (group.drained) exposure += state.sends.ok.count();
    else undrained.push(number);
    for (let lane = 0; lane < state.lanes.size; lane += 1) {
      scanLane(state, group, number, lane, findings);
    }
  });
  if (undrained.length > 0 && findings.count === 0) {
    const gaps = findings.possible > 0 ? `; ${findings.possible} gaps are open` : '';
    const reason = `subscription ${undrained.join(', ')} was not drained${gaps}`;
    return { status: 'undecided', check: 'D1', reason };
  }
  return findings.result(exposure);
}

function scanLane(
  state: MessageState,
  group: GroupState,
  number: number,
  lane: number,
  findings: Findings,
): void {
  const words = state.lanes.wordsOf(lane);
  const { first, last } = seenRange(state, group, lane, words);
  for (let word = 0; word < words; word += 1) {
    const arrived = group.seen.word(lane, word) | state.excused.word(lane, word);
    const missing = state.sends.ok.word(lane, word) & ~arrived;
    if (missing === 0) continue;
    if (!group.drained) {
      const proven = last - word * 32;
      const below = proven >= 32 ? -1 : proven <= 0 ? 0 : (1 << proven) - 1;
      findings.possible += popcount32(missing & below);
      continue;
    }
    eachBit(missing, word, (seq) => {
      const kind = seq > last ? 'suffix' : seq < first ? 'prefix' : 'middle';
      findings.add(kind, lane, seq, number, notes[kind]);
    });
  }
}

const notes = {
  middle: 'acknowledged, never delivered, although later messages of its lane were',
  prefix: 'acknowledged, never delivered: the lane begins after it',
  suffix: 'acknowledged, never delivered, and nothing after it in its lane was',
};

/** First and last seq of the lane that arrived; an empty range has last -1. */
function seenRange(
  state: MessageState,
  group: GroupState,
  lane: number,
  words: number,
): { readonly first: number; readonly last: number } {
  let first = Number.POSITIVE_INFINITY;
  let last = -1;
  for (let word = 0; word < words; word += 1) {
    const seen = group.seen.word(lane, word) & state.lanes.sentMask(lane, word);
    if (seen === 0) continue;
    if (last < 0) first = word * 32 + 31 - Math.clz32(seen & -seen);
    last = word * 32 + 31 - Math.clz32(seen);
  }
  return { first, last };
}
