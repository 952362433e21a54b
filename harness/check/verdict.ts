import type { Guards } from '../../scenarios/scenario.ts';
import { checkIds, type CheckId } from '../core/anomalies.ts';
import type { ObligedClause, Verdict } from '../core/clauses.ts';
import type { DatedDeviation } from '../core/deviations.ts';
import type { ClauseRecord, CountsRecord } from '../record/schema.ts';
import type { CheckResult } from './check.ts';
import { clauseOf } from './clause-of.ts';
import { gapsOf } from './gaps.ts';

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
  /** What was seen of it. */
  readonly evidence: readonly { readonly name: string; readonly value: string }[];
}

export interface CellEvidence {
  readonly results: readonly CheckResult[];
  /** Empty for a control, and under a fault that the claim does not extend to. */
  readonly obliged: readonly ObligedClause[];
  readonly waived: readonly WaivedClause[];
  /** Those that apply to this cell, expired ones among them. */
  readonly deviations: readonly DatedDeviation[];
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
 * What the evidence amounts to. A MUST that was broken outranks every lack of evidence, because a finding
 * is counted only when it is proven; without one, any missing evidence means `inconclusive`. Neither a
 * SHOULD nor what a live deviation excuses changes the verdict: both are told by their clause.
 */
export function judgeCell(cell: CellEvidence): CellVerdict {
  const clauses = checkIds.filter((id) => isAbout(id, cell)).map((id) => clauseOf(id, cell));
  const broken = clauses.filter(({ state }) => state === 'broken').map(brokenReason);
  const missing = gapsOf(clauses, cell);
  const verdict = broken.length > 0 ? 'violated' : missing.length > 0 ? 'inconclusive' : 'pass';
  return { verdict, reasons: [...broken, ...missing], clauses };
}

/** Clauses about what the cell does not have say nothing. */
function isAbout(id: CheckId, { results, obliged }: CellEvidence): boolean {
  const result = results.find(({ check }) => check === id);
  if (result !== undefined) return result.status !== 'inapplicable';
  return obliged.some(({ check, obligation }) => check === id && obligation === 'must');
}

function brokenReason({ check, title, count, exposure, deviation }: ClauseRecord): string {
  const seen = `${check} ${title}: ${count} of ${exposure}`;
  return deviation === null
    ? seen
    : `${seen}; its deviation ${deviation.id} expired on ${deviation.expires}`;
}
