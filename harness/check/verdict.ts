import type { Guards } from '../../scenarios/scenario.ts';
import { checkIds, type CheckId, clauseTitle, informative } from '../core/anomalies.ts';
import { type Verdict } from '../core/clauses.ts';
import { controlShown } from '../record/control-shown.ts';
import type { ClauseRecord, CountsRecord } from '../record/schema.ts';
import type { CheckResult } from './check.ts';

/** What a claim does not extend to, with the document that says so. */
export interface WaivedClause {
  readonly clause: string;
  readonly because: string;
}

/** A planned fault as it came out. */
export interface FaultOutcome {
  readonly kind: string;
  readonly target: string;
  /** False: its evidence is missing. */
  readonly bit: boolean;
  /** Operations in flight when it struck; null where nobody can tell. */
  readonly inFlight: number | null;
}

export interface CellEvidence {
  readonly results: readonly CheckResult[];
  /** What the claimed level forbids. */
  readonly must: readonly CheckId[];
  readonly waived: readonly WaivedClause[];
  /** The profile claims its level under the fault of this scenario; never for a control. */
  readonly claimed: boolean;
  /** What a control has to show; empty for a treatment. */
  readonly controlShows: readonly CheckId[];
  /** Clauses that the scenario can break. */
  readonly exposes: readonly CheckId[];
  readonly guards: Guards;
  /** `none`: nothing is ever acknowledged, so what was sent stands for it. */
  readonly sendReply: 'none' | 'each';
  readonly counts: CountsRecord;
  readonly faultsPlanned: number;
  readonly faults: readonly FaultOutcome[];
  readonly drain: { readonly complete: boolean; readonly by: string };
  /** What went unlike the plan: of the history, of its checks, of the run. */
  readonly irregularities: readonly string[];
  /** What is missing may be what would have acquitted: above 0, no finding and no promise is proven. */
  readonly eventsLost: number;
}

export interface CellVerdict {
  readonly verdict: Verdict;
  /** Why it is not a pass; empty for a pass. Violations first. */
  readonly reasons: readonly string[];
  /** All of them, in the order of the vocabulary, without witnesses. */
  readonly clauses: readonly ClauseRecord[];
}

/**
 * What the evidence amounts to. A claimed clause that was broken outranks every lack of evidence, because
 * a finding is counted only when it is proven; without one, any missing evidence means `inconclusive`.
 */
export function judgeCell(cell: CellEvidence): CellVerdict {
  const clauses = checkIds.filter((id) => isAbout(id, cell)).map((id) => clauseOf(id, cell));
  const broken = clauses.filter(({ state }) => state === 'broken').map(brokenReason);
  // Where events are missing every clause is open, and that one reason stands for all of them.
  const open = cell.eventsLost > 0 ? [] : clauseGaps(clauses, cell);
  const missing = [...open, ...guardGaps(cell), ...controlGaps(clauses, cell)];
  const verdict = broken.length > 0 ? 'violated' : missing.length > 0 ? 'inconclusive' : 'pass';
  return { verdict, reasons: [...broken, ...missing], clauses };
}

/** Clauses about what the cell does not have say nothing. */
function isAbout(id: CheckId, { results, must }: CellEvidence): boolean {
  const result = results.find(({ check }) => check === id);
  return result === undefined ? must.includes(id) : result.status !== 'inapplicable';
}

function clauseOf(id: CheckId, cell: CellEvidence): ClauseRecord {
  const result = cell.results.find(({ check }) => check === id);
  const waiver = cell.waived.find(({ clause }) => clause === id);
  const claimed = cell.claimed && cell.must.includes(id) && waiver === undefined;
  const base = {
    check: id,
    title: clauseTitle[id],
    claimed,
    ...(waiver === undefined ? {} : { waiver: waiver.because }),
    witnesses: [],
  };
  if (result === undefined || result.status !== 'decided' || cell.eventsLost > 0) {
    const reason = whyUndecided(result, cell.eventsLost);
    return { ...base, ...nothingFound, state: 'undecided', reason };
  }
  const { count, possible, exposure, classes } = result;
  const found = { count, possible, exposure, classes: { ...classes } };
  if (count > 0) {
    const state = claimed ? 'broken' : 'unclaimed-violated';
    const rate = exposure > 0 ? Math.min(1, count / exposure) : 1;
    return { ...base, ...found, state, rate, upperBound: rate, reason: '' };
  }
  if (exposure === 0 || informative.has(id)) {
    const reason = exposure === 0 ? 'nothing happened that could have shown it' : toldBy(classes);
    return { ...base, ...found, state: 'undecided', rate: 0, upperBound: 1, reason };
  }
  const state = claimed ? 'kept' : 'unclaimed-held';
  return { ...base, ...found, state, rate: 0, upperBound: Math.min(1, 3 / exposure), reason: '' };
}

/** What an informative check saw instead of a finding. */
function toldBy(classes: Readonly<Record<string, number>>): string {
  const seen = Object.entries(classes).map(([kind, count]) => `${kind} ${count}`);
  return `for information: ${seen.join(', ')}`;
}

function whyUndecided(result: CheckResult | undefined, eventsLost: number): string {
  if (eventsLost > 0) return `${eventsLost} events are missing`;
  return result === undefined || result.status === 'decided' ? 'it was not checked' : result.reason;
}

const nothingFound = {
  count: 0,
  possible: 0,
  exposure: 0,
  rate: 0,
  upperBound: 1,
  classes: {},
};

function brokenReason({ check, title, count, exposure }: ClauseRecord): string {
  return `${check} ${title}: ${count} of ${exposure}`;
}

/** Claimed clauses that nothing decided. Without any exposure that matters only where it was meant. */
function clauseGaps(clauses: readonly ClauseRecord[], cell: CellEvidence): string[] {
  const decided = new Set(
    cell.results.filter(({ status }) => status === 'decided').map(({ check }) => check),
  );
  return clauses
    .filter(({ state, claimed }) => state === 'undecided' && claimed)
    .filter(({ check }) => !decided.has(check) || cell.exposes.includes(check))
    .map(({ check, title, reason }) => `${check} ${title}: undecided, ${reason}`);
}

function guardGaps(cell: CellEvidence): string[] {
  const { guards, counts, faults, drain } = cell;
  const gaps: string[] = [];
  if (cell.results.length === 0) gaps.push('no check was run');
  if (cell.eventsLost > 0) gaps.push(`${cell.eventsLost} events are missing`);
  const [what, done] =
    cell.sendReply === 'none' ? ['sent', counts.sent] : ['acknowledged', counts.acknowledged];
  // A history without any operation shows nothing, whatever the guards are content with.
  const minimum = Math.max(1, guards.minimumAcknowledged);
  if (done < minimum) gaps.push(`only ${done} messages were ${what}, ${minimum} are needed`);
  const least = Math.max(1, guards.minimumDelivered);
  if (counts.distinctDelivered < least) {
    gaps.push(`only ${counts.distinctDelivered} messages were delivered, ${least} are needed`);
  }
  if (faults.length < cell.faultsPlanned) {
    gaps.push(`${faults.length} of ${cell.faultsPlanned} planned faults were carried out`);
  }
  for (const { kind, target, bit, inFlight } of faults) {
    const name = target === '' ? kind : `${kind} at ${target}`;
    if (!bit)
      gaps.push(
        `the fault ${name} did not happen as planned: its evidence is missing or incomplete`,
      );
    else if (inFlight !== null && inFlight < guards.minimumInFlightAtFault) {
      const needed = guards.minimumInFlightAtFault;
      gaps.push(`only ${inFlight} operations were in flight at ${name}, ${needed} are needed`);
    }
  }
  if (!drain.complete) gaps.push(`the drain did not complete: ${drain.by}`);
  return [...gaps, ...cell.irregularities];
}

function controlGaps(clauses: readonly ClauseRecord[], { controlShows }: CellEvidence): string[] {
  if (controlShows.length === 0 || controlShown(clauses, controlShows)) return [];
  return [`the control did not show ${controlShows.join(' or ')}`];
}
