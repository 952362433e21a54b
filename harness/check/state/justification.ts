import type { DeliveryView } from './delivery-view.ts';
import type { GroupState } from './group-state.ts';

/**
 * Whether something had happened that justifies a repeated delivery: `yes`, `maybe` within the bounds of
 * what times and memory tell, `no`. `unless-holder-ended`: no, unless the holder's session had already
 * ended without anybody having noticed; a later sign of its life decides.
 */
export type Justification = 'yes' | 'maybe' | 'no' | 'unless-holder-ended';

export interface RepeatedDelivery {
  readonly timeNs: number;
  readonly session: number;
}

/**
 * @param proven the settlement was proved by the broker's answer or a fence, so that its holder was
 *   certainly connected then
 */
export function justify(
  view: DeliveryView,
  group: GroupState,
  { timeNs, session }: RepeatedDelivery,
  proven: boolean,
): Justification {
  if (view.done) return justifyAfterSettlement(view, group, session, proven);
  // Of what befell the holder of this copy since nothing is remembered.
  if (!view.held || view.holdsOther) return 'maybe';
  if (view.holderCause || timeNs >= view.leaseEndsNs) return 'yes';
  if (timeNs >= view.leaseMayEndNs) return 'maybe';
  return view.holderSession === session ? 'no' : 'unless-holder-ended';
}

function justifyAfterSettlement(
  view: DeliveryView,
  group: GroupState,
  session: number,
  proven: boolean,
): Justification {
  if (view.mayReturn) return 'yes';
  const nothingEver = group.lastCauseNs === Number.NEGATIVE_INFINITY;
  const isExact = view.doneSession >= 0;
  const nothingSince = isExact && group.lastCauseNs < view.doneLatestNs;
  if (!nothingEver && !nothingSince) return 'maybe';
  if (proven || view.doneSession === session) return 'no';
  return isExact ? 'unless-holder-ended' : 'maybe';
}

/**
 * Whether a repeated delivery of a settled message was handed out after the settlement: requested after
 * it, or in a session opened after it. A copy that could return on other grounds may have been handed
 * out while its session was being opened.
 */
export function isAfterSettlement(
  view: DeliveryView,
  pulled: boolean,
  requestedNs: number,
): boolean {
  if (!view.done) return false;
  if (pulled && requestedNs >= view.doneLatestNs) return true;
  return view.sessionOpenedNs >= view.doneLatestNs && !view.mayReturn;
}
