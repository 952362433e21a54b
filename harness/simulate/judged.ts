import { createJudge, type CheckMaker, type Judge } from '../check/judge.ts';
import type { CheckResult } from '../check/check.ts';
import { judgeCell } from '../check/verdict.ts';
import { checkModules } from '../check/catalog.ts';
import { type CheckId, rootsOf } from '../core/anomalies.ts';
import { obligedBy, type Verdict } from '../core/clauses.ts';
import { EventKind, type EventRecord, OutcomeCode } from '../core/events.ts';
import type { CellFacts } from '../core/facts.ts';
import type { LaneSpan } from '../core/lanes.ts';
import type { CountsRecord } from '../record/schema.ts';
import type { Claim, ModelHistory } from './played.ts';

/** What the checks make of a history. */
export interface Seen {
  /** Ids with at least one proven finding. */
  readonly found: readonly CheckId[];
  readonly results: readonly CheckResult[];
  readonly counts: CountsRecord;
  readonly irregularities: readonly string[];
  /** Every subscription has read everything. */
  readonly isDrained: boolean;
  /** How each fault ended. */
  readonly faults: readonly OutcomeCode[];
}

/** The same, and what it amounts to. */
export interface Judged extends Seen {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly roots: readonly CheckId[];
}

/** @param exposed a clause that the history must have put to the test, or its verdict is inconclusive */
export function judgeHistory(
  { facts, lanes, events }: Pick<ModelHistory, 'facts' | 'lanes' | 'events'>,
  { level, promises }: Claim,
  exposed: readonly CheckId[],
  checks: readonly CheckMaker[] = checkModules,
): Judged {
  const judging = new Judging(facts, checks);
  for (const span of lanes) judging.addLanes(span);
  for (const event of events) judging.fold(event);
  const seen = judging.finish();
  const { results, counts, irregularities } = seen;
  const { verdict, reasons } = judgeCell({
    results,
    counts,
    irregularities,
    // A check that is left out obliges to nothing, or its absence alone would kill every mutant.
    obliged: obligedBy(level, promises, {
      effects: facts.sinks.length > 0 ? 'in-the-system' : 'unrecorded',
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
    faultsPlanned: seen.faults.length,
    faults: seen.faults.map((outcome) => ({
      kind: 'crash',
      target: 'the broker',
      bit: outcome !== OutcomeCode.fail,
      inFlight: null,
      evidence: [],
    })),
    drain: { complete: seen.isDrained, by: 'its own account' },
    eventsLost: 0,
  });
  return { ...seen, verdict, reasons, roots: rootsOf(seen.found) };
}

/** The checks of one history, which is shown to them event by event and kept nowhere. */
export class Judging {
  readonly #facts: CellFacts;
  readonly #judge: Judge;
  readonly #drained = new Set<number>();
  readonly #faults: OutcomeCode[] = [];

  constructor(facts: CellFacts, checks: readonly CheckMaker[] = checkModules) {
    this.#facts = facts;
    this.#judge = createJudge(facts, { checks });
  }

  /** Before the first event of its lanes. */
  addLanes(span: LaneSpan): void {
    this.#judge.addLanes(span);
  }

  /** @param count of the run that begins with the event, see `eachOfRun` */
  fold(event: EventRecord, count = 1): void {
    this.#judge.fold(event, count);
    if (event.kind === EventKind.faultStopped) this.#faults.push(event.outcome);
    else if (event.kind === EventKind.drainComplete) this.#drained.add(event.group);
  }

  /** Once, when the history is complete. */
  finish(): Seen {
    const judgement = this.#judge.finish();
    const found = judgement.results.flatMap((result) =>
      result.status === 'decided' && result.count > 0 ? [result.check] : [],
    );
    const isDrained = this.#facts.groups.every(
      ({ role }, group) => role !== 'subscription' || this.#drained.has(group),
    );
    return { ...judgement, found, isDrained, faults: this.#faults };
  }
}
