import { plural } from '../../core/plural.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import { acknowledgedWords } from '../state/acknowledged.ts';
import { expectedWords } from '../state/expected.ts';
import { undrainedText } from '../state/undrained.ts';
import { sentSinceDrain, undecidedSinceDrain } from './since-drain.ts';
import type { GroupState } from '../state/group-state.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';

export const lost: CheckModule = {
  id: 'D1',
  definition:
    'A message whose send was acknowledged was never delivered to a group that was drained, and nothing excuses it (expiry, dead letter, purge).',
  source:
    'Jepsen total-queue and set-full (jepsen/checker.clj); the middle, prefix and suffix classes follow the NATS JetStream analysis',
  memory: '2 bits a message: acknowledged, and seen by the group',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"send.invoke","actor":"p","lane":"a","seq":0}',
    '{"timeMs":1.5,"kind":"send.settled","actor":"p","lane":"a","seq":0,"outcome":"ok"}',
    '{"timeMs":2,"kind":"send.invoke","actor":"p","lane":"a","seq":1}',
    '{"timeMs":2.5,"kind":"send.settled","actor":"p","lane":"a","seq":1,"outcome":"ok"}',
    '{"timeMs":3,"kind":"send.invoke","actor":"p","lane":"a","seq":2}',
    '{"timeMs":3.5,"kind":"send.settled","actor":"p","lane":"a","seq":2,"outcome":"ok"}',
    '{"timeMs":4,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
    '{"timeMs":5,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":2}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  scope: 'lane',
  applies: () => undefined,
  create: lostCheck,
};

/**
 * D1, lost: acknowledged, never delivered to a drained group, not excused. Classes by lane: `middle` (a
 * later and an earlier message of the lane arrived), `prefix` (only later ones), `suffix` (nothing later
 * arrived). A group that was not drained proves no loss, whatever its gaps: the missing copy may still be
 * leased to somebody or wait behind a requeue; nor does a drain of what was sent after it. Its gaps below an
 * arrived message are counted as possible.
 */
function lostCheck(state: MessageState, seed: number): Check {
  const acknowledged = acknowledgedWords(state);
  const promised: Promised = {
    acknowledged,
    expected: expectedWords(state),
    sinceDrain: sentSinceDrain(state, acknowledged),
  };
  return { listensTo: [], fold: () => undefined, finish: () => finish(state, promised, seed) };
}

interface Promised {
  readonly acknowledged: ReturnType<typeof acknowledgedWords>;
  readonly expected: ReturnType<typeof expectedWords>;
  readonly sinceDrain: ReturnType<typeof sentSinceDrain>;
}

function finish(state: MessageState, promised: Promised, seed: number): CheckResult {
  const findings = new Findings('D1', state.lanes, seed);
  let exposure = 0;
  const undrained: number[] = [];
  state.groups.forEach((group, number) => {
    if (state.facts.groups[number]?.role !== 'subscription') return;
    if (!group.drained) undrained.push(number);
    for (let lane = 0; lane < state.lanes.size; lane += 1) {
      const promisedHere = scanLane(state, promised, group, number, lane, findings);
      if (group.drained) exposure += promisedHere;
    }
  });
  if (undrained.length > 0 && findings.count === 0) {
    const gaps =
      findings.possible > 0 ? `; ${plural(findings.possible, 'gap is', 'gaps are')} open` : '';
    const reason = `${undrainedText(state, undrained)}${gaps}`;
    return { status: 'undecided', check: 'D1', reason };
  }
  const since = promised.sinceDrain();
  if (since > 0 && findings.count === 0) return undecidedSinceDrain('D1', since);
  return findings.result(exposure);
}

/** @returns how many messages of the lane the group must get */
function scanLane(
  state: MessageState,
  { acknowledged, expected }: Promised,
  group: GroupState,
  number: number,
  lane: number,
  findings: Findings,
): number {
  let promised = 0;
  const words = state.lanes.wordsOf(lane);
  const { first, last } = seenRange(state, group, lane, words);
  for (let word = 0; word < words; word += 1) {
    const seen = group.seen.word(lane, word);
    const excused = state.excuses.word(number, lane, word);
    const due = acknowledged(lane, word) & expected(number, lane, word);
    // What was excused and did not arrive had no chance to be lost.
    promised += popcount32(due & (seen | ~excused));
    const missing = due & ~(seen | excused);
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
  return promised;
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
