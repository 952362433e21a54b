import type { CheckId } from '../../core/anomalies.ts';
import type { CheckResult } from '../check.ts';
import type { Findings } from '../findings.ts';
import { eachBit, popcount32 } from '../state/planes.ts';
import { undrainedText } from '../state/undrained.ts';
import { type Choice, eachRoutedWord, type Routed, subscriptionsOf } from './routed.ts';

/**
 * Messages that were confirmed, belong to a drained group and are not there, although it is known that the
 * broker had them: they are in another group, or came back as unroutable. Absent everywhere they may as
 * well have been lost before any routing. @returns how many messages such groups must have
 */
export function findMissing(
  { state, bindings, returns, acknowledged }: Routed,
  choice: Choice,
  findings: Findings,
  notes: { readonly elsewhere: string; readonly returned: string },
): number {
  let exposure = 0;
  for (const group of subscriptionsOf(state.facts, choice)) {
    const of = state.groups[group];
    if (of?.drained !== true) continue;
    eachRoutedWord(state, (lane, word) => {
      const due =
        acknowledged(lane, word) &
        bindings.belongsWord(group, lane, word) &
        of.drainedWord(lane, word);
      exposure += popcount32(due);
      const missing = due & ~of.seen.word(lane, word) & ~state.excuses.word(group, lane, word);
      if (missing === 0) return;
      const returned = missing & returns.word(lane, word);
      const elsewhere = missing & ~returned & state.seenAnywhereWord(lane, word);
      eachBit(returned, word, (seq) => {
        findings.add('returned', lane, seq, group, notes.returned);
      });
      eachBit(elsewhere, word, (seq) => {
        findings.add('elsewhere', lane, seq, group, notes.elsewhere);
      });
    });
  }
  return exposure;
}

/** Messages that arrived where they certainly do not belong. @returns how many might have */
export function findStrays(
  { state, bindings }: Routed,
  choice: Choice,
  findings: Findings,
  note: string,
): number {
  let exposure = 0;
  for (const group of subscriptionsOf(state.facts, choice)) {
    const of = state.groups[group];
    if (of === undefined) continue;
    eachRoutedWord(state, (lane, word) => {
      const sent = state.lanes.sentMask(lane, word) & ~state.sends.refusedWord(lane, word);
      const elsewhere = bindings.straysWord(group, lane, word);
      const strays = elsewhere & of.seen.word(lane, word) & state.lanes.sentMask(lane, word);
      exposure += popcount32((elsewhere & sent) | strays);
      eachBit(strays, word, (seq) => findings.add('stray', lane, seq, group, note));
    });
  }
  return exposure;
}

/** Why nothing found means nothing: some of the subscriptions may have more to come. */
export function whyUndrained(
  { state }: Routed,
  check: CheckId,
  choice: Choice,
): CheckResult | undefined {
  const undrained = subscriptionsOf(state.facts, choice).filter(
    (group) => state.groups[group]?.drained !== true,
  );
  if (undrained.length === 0) return undefined;
  return { status: 'undecided', check, reason: undrainedText(state, undrained) };
}
