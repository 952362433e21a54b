import { type CheckId, clauseTitle, informative } from '../core/anomalies.ts';
import { clauseIdOf, type Obligation } from '../core/clauses.ts';
import { evidenceOf } from '../core/evidence.ts';
import { plural } from '../core/plural.ts';
import type { ClauseRecord, ClauseState } from '../record/schema.ts';
import type { CheckResult } from './check.ts';
import type { CellEvidence } from './verdict.ts';

/** What became of one clause, without its witnesses. */
export function clauseOf(id: CheckId, cell: CellEvidence): ClauseRecord {
  const result = cell.results.find(({ check }) => check === id);
  const claim = claimOf(id, cell);
  const minimumExposure = Math.max(1, cell.guards.minimumExposure[id] ?? 1);
  const base = {
    id: clauseIdOf(id, claim.sets),
    check: id,
    title: clauseTitle[id],
    ...claim,
    evidence: evidenceOf[id],
    minimumExposure,
    witnesses: [],
  };
  if (result === undefined || result.status !== 'decided' || cell.eventsLost > 0) {
    const reason = whyUndecided(result, cell.eventsLost);
    return { ...base, ...nothingFound, state: 'undecided', reason };
  }
  const { count, possible, exposure, classes } = result;
  const found = { count, possible, exposure, classes: { ...classes } };
  const excused = claim.deviation !== null && !claim.deviation.expired;
  if (count > 0) {
    const state = excused ? 'expected' : seenState[claim.obligation];
    const rate = exposure > 0 ? Math.min(1, count / exposure) : 1;
    return { ...base, ...found, state, rate, upperBound: rate, reason: '' };
  }
  const upperBound = exposure > 0 ? Math.min(1, 3 / exposure) : 1;
  if (exposure < minimumExposure) {
    const reason = tooFew(exposure, minimumExposure);
    return { ...base, ...found, state: 'undecided', rate: 0, upperBound, reason };
  }
  if (informative.has(id)) {
    return {
      ...base,
      ...found,
      state: 'undecided',
      rate: 0,
      upperBound: 1,
      reason: toldBy(classes),
    };
  }
  // What is possible may be the very deviation, so it is no reason to doubt it.
  const surprising = excused && possible === 0;
  const state = surprising ? 'unexpectedly-kept' : heldState[claim.obligation];
  return { ...base, ...found, state, rate: 0, upperBound, reason: '' };
}

const seenState: Readonly<Record<Obligation, ClauseState>> = {
  must: 'broken',
  should: 'should-violated',
  may: 'unclaimed-violated',
};

const heldState: Readonly<Record<Obligation, ClauseState>> = {
  must: 'kept',
  should: 'should-held',
  may: 'unclaimed-held',
};

type Claim = Pick<ClauseRecord, 'obligation' | 'sets' | 'waiver' | 'deviation'>;

/** A waived clause still says which set it comes from, but obliges to nothing. */
function claimOf(id: CheckId, cell: CellEvidence): Claim {
  const obliged = cell.obliged.find(({ check }) => check === id);
  const sets = [...(obliged?.sets ?? [])];
  const waiver = cell.waived.find(({ clause }) => clause === id);
  if (waiver !== undefined) {
    return { obligation: 'may', sets, waiver: waiver.because, deviation: null };
  }
  if (obliged === undefined) return { obligation: 'may', sets, deviation: null };
  return { obligation: obliged.obligation, sets, deviation: deviationOf(id, cell) };
}

/** Of several the one that excuses longest. */
function deviationOf(id: CheckId, { deviations }: CellEvidence): ClauseRecord['deviation'] {
  const [longest] = deviations
    .filter(({ clause }) => clause === id)
    .toSorted((a, b) => (a.expires < b.expires ? 1 : -1));
  if (longest === undefined) return null;
  const { clause: _clause, ...deviation } = longest;
  return deviation;
}

/** What an informative check saw instead of a finding. */
function toldBy(classes: Readonly<Record<string, number>>): string {
  const seen = Object.entries(classes).map(([kind, count]) => `${kind} ${count}`);
  return `for information: ${seen.join(', ')}`;
}

function whyUndecided(result: CheckResult | undefined, eventsLost: number): string {
  if (eventsLost > 0) return plural(eventsLost, 'event is missing', 'events are missing');
  return result === undefined || result.status === 'decided' ? 'it was not checked' : result.reason;
}

function tooFew(exposure: number, minimum: number): string {
  if (exposure === 0) return 'nothing happened that could have shown it';
  return `only ${plural(exposure, 'chance')}, ${plural(minimum, 'is needed', 'are needed')}`;
}

const nothingFound = {
  count: 0,
  possible: 0,
  exposure: 0,
  rate: 0,
  upperBound: 1,
  classes: {},
};
