import type { CheckId } from '../core/anomalies.ts';
import type { WitnessRecord } from '../record/schema.ts';
import type { CheckResult, Culprit } from './check.ts';
import type { EventNames } from './event-names.ts';
import type { HistoryPass } from './history-pass.ts';
import { ActiveFaults } from './witness/active-faults.ts';
import { AroundTarget } from './witness/around-target.ts';
import { type Candidate, contextRank } from './witness/candidates.ts';
import { MessageIndex, MessageTarget } from './witness/message-target.ts';
import type { Target, WatchingTarget } from './witness/target.ts';
import { TransactionTarget } from './witness/transaction-target.ts';

export interface ZoomLimits {
  readonly witnessesPerCheck: number;
  readonly eventsPerWitness: number;
}

export const defaultZoomLimits: ZoomLimits = { witnessesPerCheck: 5, eventsPerWitness: 24 };

const contextKept = 4_096;

/**
 * Second pass: for a bounded number of culprits of each check, the few events that prove the finding, who
 * wrote and read it, its neighbours, what befell the actors that had to do with it, and the faults that
 * were active then. One pass over the history serves all culprits.
 */
export function zoom(
  results: readonly CheckResult[],
  history: HistoryPass,
  names: EventNames,
  limits: ZoomLimits = defaultZoomLimits,
): ReadonlyMap<CheckId, readonly WitnessRecord[]> {
  const byMessage = new MessageIndex();
  const watching: WatchingTarget[] = [];
  const chosen = results.flatMap((result) =>
    result.status === 'decided' && result.count > 0
      ? result.culprits.slice(0, limits.witnessesPerCheck).map((culprit) => ({
          check: result.check,
          target: targetOf(culprit, byMessage, watching),
        }))
      : [],
  );
  const context: Candidate[] = [];
  const faults = new ActiveFaults();
  if (chosen.length > 0) collect(history, byMessage, watching, context, faults);
  const witnesses = new Map<CheckId, WitnessRecord[]>();
  for (const { check, target } of chosen) {
    const made = witnesses.get(check) ?? [];
    witnesses.set(check, made);
    made.push(target.witness({ context, faults, names, limit: limits.eventsPerWitness }));
  }
  return witnesses;
}

function targetOf(culprit: Culprit, byMessage: MessageIndex, watching: WatchingTarget[]): Target {
  if (culprit.about === 'message') {
    const target = new MessageTarget(culprit);
    byMessage.add(target);
    return target;
  }
  const target =
    culprit.about === 'transaction' ? new TransactionTarget(culprit) : new AroundTarget(culprit);
  watching.push(target);
  return target;
}

function collect(
  history: HistoryPass,
  byMessage: MessageIndex,
  watching: readonly WatchingTarget[],
  context: Candidate[],
  faults: ActiveFaults,
): void {
  let order = -1;
  history((event) => {
    order += 1;
    byMessage.show(event, order);
    for (const target of watching) target.show(event, order);
    faults.show(event);
    const rank = contextRank[event.kind];
    if (rank !== undefined && context.length < contextKept) {
      context.push({ rank, order, event: { ...event } });
    }
  });
}
