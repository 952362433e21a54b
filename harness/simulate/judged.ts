import { createJudge, type CheckMaker, type Judge } from '../check/judge.ts';
import type { CheckResult } from '../check/check.ts';
import { judgeCell } from '../check/verdict.ts';
import { checkModules } from '../check/catalog.ts';
import { type CheckId, rootsOf } from '../core/anomalies.ts';
import { obligedBy, type Verdict } from '../core/clauses.ts';
import { EventKind, type EventRecord, OutcomeCode } from '../core/events.ts';
import type { CellFacts } from '../core/facts.ts';
import type { LaneSpan } from '../core/lanes.ts';
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
  /** Messages that were sent, each counted once. */
  readonly sent: number;
}

/** @param exposed a clause that the history must have put to the test, or its verdict is inconclusive */
export function judgeHistory(
  { facts, lanes, events }: Pick<ModelHistory, 'facts' | 'lanes' | 'events'>,
  claim: Claim,
  exposed: readonly CheckId[],
  checks: readonly CheckMaker[] = checkModules,
): Judged {
  const judging = new Judging(facts, checks);
  for (const span of lanes) judging.addLanes(span);
  for (const event of events) judging.fold(event);
  return judging.finish(claim, exposed);
}

/** The checks of one history, which is shown to them event by event and kept nowhere. */
export class Judging {
  readonly #facts: CellFacts;
  readonly #checks: readonly CheckMaker[];
  readonly #judge: Judge;
  readonly #drained = new Set<number>();
  /** How each fault ended. */
  readonly #faults: OutcomeCode[] = [];

  constructor(facts: CellFacts, checks: readonly CheckMaker[] = checkModules) {
    this.#facts = facts;
    this.#checks = checks;
    this.#judge = createJudge(facts, { checks });
  }

  /** Before the first event of its lanes. */
  addLanes(span: LaneSpan): void {
    this.#judge.addLanes(span);
  }

  fold(event: EventRecord): void {
    this.#judge.fold(event);
    if (event.kind === EventKind.faultStopped) this.#faults.push(event.outcome);
    else if (event.kind === EventKind.drainComplete) this.#drained.add(event.group);
  }

  /** Once, when the history is complete; `exposed` as with `judgeHistory`. */
  finish({ level, promises }: Claim, exposed: readonly CheckId[]): Judged {
    const { results, counts, irregularities } = this.#judge.finish();
    const found = results.flatMap((result) =>
      result.status === 'decided' && result.count > 0 ? [result.check] : [],
    );
    const isDrained = this.#facts.groups.every(
      ({ role }, group) => role !== 'subscription' || this.#drained.has(group),
    );
    const { verdict, reasons } = judgeCell({
      results,
      counts,
      irregularities,
      // A check that is left out obliges to nothing, or its absence alone would kill every mutant.
      obliged: obligedBy(level, promises, {
        effectsRecorded: this.#facts.sinks.length > 0,
      }).filter(({ check }) => this.#checks.some(({ id }) => id === check)),
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
      faultsPlanned: this.#faults.length,
      faults: this.#faults.map((outcome) => ({
        kind: 'crash',
        target: 'the broker',
        bit: outcome !== OutcomeCode.fail,
        inFlight: null,
      })),
      drain: { complete: isDrained, by: 'its own account' },
      eventsLost: 0,
    });
    const { sent } = counts;
    return { verdict, reasons, found, roots: rootsOf(found), results, isDrained, sent };
  }
}
