import { createJudge, type CheckMaker } from '../check/judge.ts';
import type { CheckResult } from '../check/check.ts';
import { judgeCell } from '../check/verdict.ts';
import { checkModules } from '../check/catalog.ts';
import { type CheckId, rootsOf } from '../core/anomalies.ts';
import { obligedBy, type Verdict } from '../core/clauses.ts';
import { EventKind, OutcomeCode } from '../core/events.ts';
import type { Claim, ModelHistory } from './played.ts';

/** What the checks and the verdict make of a history. */
export interface Judged {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  /** Ids with at least one proven finding. */
  readonly found: readonly CheckId[];
  readonly roots: readonly CheckId[];
  readonly results: readonly CheckResult[];
  /** Every subscription has read everything. */
  readonly isDrained: boolean;
}

/** @param exposed a clause that the history must have put to the test, or its verdict is inconclusive */
export function judgeHistory(
  { facts, lanes, events }: Pick<ModelHistory, 'facts' | 'lanes' | 'events'>,
  claim: Claim,
  exposed: readonly CheckId[],
  checks: readonly CheckMaker[] = checkModules,
): Judged {
  const judge = createJudge(facts, { checks });
  for (const span of lanes) judge.addLanes(span);
  for (const event of events) judge.fold(event);
  const { results, counts, irregularities } = judge.finish();
  const found = results.flatMap((result) =>
    result.status === 'decided' && result.count > 0 ? [result.check] : [],
  );
  const stops = events.filter(({ kind }) => kind === EventKind.faultStopped);
  const subscriptions = facts.groups.flatMap(({ role }, group) =>
    role === 'subscription' ? [group] : [],
  );
  const isDrained = subscriptions.every((group) =>
    events.some((event) => event.kind === EventKind.drainComplete && event.group === group),
  );
  const { verdict, reasons } = judgeCell({
    results,
    counts,
    irregularities,
    // A check that is left out obliges to nothing, or its absence alone would kill every mutant.
    obliged: obligedBy(claim.level, claim.promises, {
      effectsRecorded: facts.sinks.length > 0,
    }).filter(({ check }) => checks.some(({ id }) => id === check)),
    waived: [],
    deviations: [],
    controlShows: [],
    exposes: exposed,
    guards: {
      minimumAcknowledged: 1,
      minimumDelivered: 1,
      minimumInFlightAtFault: 0,
      minimumExposure: {},
    },
    sendReply: 'each',
    faultsPlanned: stops.length,
    faults: stops.map(({ outcome }) => ({
      kind: 'crash',
      target: 'the broker',
      bit: outcome !== OutcomeCode.fail,
      inFlight: null,
    })),
    drain: { complete: isDrained, by: 'its own account' },
    eventsLost: 0,
  });
  return { verdict, reasons, found, roots: rootsOf(found), results, isDrained };
}
