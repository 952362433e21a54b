import type { CheckId } from '../../core/anomalies.ts';
import { plural } from '../../core/plural.ts';
import type { CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { eachBit, popcount32 } from '../state/planes.ts';
import type { Attempts, GroupAttempts } from './attempts.ts';

interface Options {
  readonly check: CheckId;
  readonly seed: number;
  readonly isAbout: (of: GroupAttempts) => boolean;
  readonly note: string;
}

/**
 * Messages that were delivered as often as the limit allows, never acknowledged, and are nowhere any more. That
 * a message was moved to the dead letters counts as long as nobody has read these to their end without it.
 * An acknowledgement that nobody refused may have been applied, where there are no dead letters a rejection
 * asks for the drop, and of a message that was sent more than
 * once another copy may have been settled: possible.
 */
export function findDropped(
  state: MessageState,
  attempts: Attempts,
  { check, seed, isAbout, note }: Options,
): CheckResult {
  const findings = new Findings(check, state.lanes, seed);
  let exposure = 0;
  let undecided = 0;
  attempts.groups.forEach((of, number) => {
    const group = state.groups[number];
    if (of === undefined || group === undefined || !isAbout(of)) return;
    const isRead = of.reader < 0 || state.groups[of.reader]?.drained === true;
    state.lanes.eachWord((lane, word) => {
      const given = of.atLimit.word(lane, word) & ~group.done.word(lane, word);
      if (given === 0) return;
      exposure += popcount32(given);
      const excused = state.excuses.word(number, lane, word);
      const gone = given & (~excused | attempts.missingWord(number, lane, word));
      if (!group.drained || !isRead) {
        undecided += popcount32(gone);
        return;
      }
      const twice = state.sends.resent.word(lane, word) | state.stored2.word(lane, word);
      const doubtful = gone & (of.trying.word(lane, word) | twice);
      findings.possible += popcount32(doubtful);
      eachBit(gone & ~doubtful, word, (seq) => findings.add('dropped', lane, seq, number, note));
    });
  });
  if (undecided > 0 && findings.count === 0) {
    const reason = `${plural(undecided, 'message was', 'messages were')} at the limit, and a group was not drained`;
    return { status: 'undecided', check, reason };
  }
  return findings.result(exposure);
}
