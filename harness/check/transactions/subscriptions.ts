import type { CheckId } from '../../core/anomalies.ts';
import type { CheckResult } from '../check.ts';
import type { MessageState } from '../state/message-state.ts';
import { undrainedText } from '../state/undrained.ts';

export function subscriptions({ facts }: MessageState): readonly number[] {
  return [...facts.groups.keys()].filter((group) => facts.groups[group]?.role === 'subscription');
}

export function drainedSubscriptions(state: MessageState): readonly number[] {
  return subscriptions(state).filter((group) => state.groups[group]?.drained === true);
}

/** Why nothing is decided: nothing was found, and somebody may have been about to read what is missing. */
export function undrainedOf(
  state: MessageState,
  { check, count }: { readonly check: CheckId; readonly count: number },
): CheckResult | undefined {
  const undrained = subscriptions(state).filter((group) => state.groups[group]?.drained !== true);
  if (count > 0 || undrained.length === 0) return undefined;
  return { status: 'undecided', check, reason: undrainedText(state, undrained) };
}
