import type { Findings } from '../findings.ts';
import { acknowledgedWords } from '../state/acknowledged.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';
import { seenBefore, type SeenBefore } from '../state/seen-before.ts';

/** What D2 and D3 know of full reads; made in a check's `create`, read in its `finish`. */
export interface FullReads {
  readonly before: SeenBefore;
  readonly acknowledged: (lane: number, word: number) => number;
}

export function fullReads(state: MessageState): FullReads {
  return { before: state.part(seenBefore), acknowledged: acknowledgedWords(state) };
}

/** One drained reader of everything, and what somebody else had that it must have read. */
export interface Comparison {
  readonly group: number;
  /** Messages of the word that others had. */
  readonly hadWord: (lane: number, word: number) => number;
  /** Those of them which certainly were there when it read. */
  readonly certainWord: (lane: number, word: number) => number;
  readonly noteOf: (lane: number, seq: number) => string;
}

/**
 * Adds what the reader lacks to the findings. What was sent in a transaction counts only where it was
 * acknowledged with it: an aborted write is nobody's to find. An excuse in any group is one for all,
 * because the entry that was removed may have been everybody's.
 *
 * @returns how many messages it had to have
 */
export function compare(
  state: MessageState,
  { before, acknowledged }: FullReads,
  { group, hadWord, certainWord, noteOf }: Comparison,
  findings: Findings,
): number {
  let due = 0;
  state.lanes.eachWord((lane, word) => {
    const had = hadWord(lane, word) & state.lanes.sentMask(lane, word);
    const committed = acknowledged(lane, word) | ~before.inTransactionWord(lane, word);
    const candidates = had & committed & ~excusedAnywhere(state, lane, word);
    if (candidates === 0) return;
    due += popcount32(candidates);
    const missing = candidates & ~(state.groups[group]?.seen.word(lane, word) ?? 0);
    // What was sent after the read had ended cannot be missing from it.
    const inTime = state.groups[group]?.drainedWord(lane, word) ?? 0;
    const certain = certainWord(lane, word) & inTime;
    findings.possible += popcount32(missing & ~certain);
    eachBit(missing & certain, word, (seq) => {
      const kind = state.sends.ok.get(lane, seq) ? 'acknowledged' : 'not acknowledged';
      findings.add(kind, lane, seq, group, noteOf(lane, seq));
    });
  });
  return due;
}

function excusedAnywhere(state: MessageState, lane: number, word: number): number {
  let excused = 0;
  for (let group = 0; group < state.groups.length; group += 1) {
    excused |= state.excuses.word(group, lane, word);
  }
  return excused;
}
