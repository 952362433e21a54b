import type { CheckId } from '../core/anomalies.ts';
import { ExitCode, worstExitCode } from '../core/exit-codes.ts';
import { plural } from '../core/plural.ts';
import { isJudged } from '../record/cell-questions.ts';
import { controlShown } from '../record/control-shown.ts';
import type { CellRecord, ClauseRecord, ClauseState, JudgedCell } from '../record/schema.ts';
import type { ThresholdRecord } from '../record/threshold-schema.ts';
import { type DeviatingClause, deviatingClauses } from './deviating.ts';
import { keptReason } from './kept-reason.ts';
import { exitCodeOf } from './recorded-code.ts';
import { shortList } from './short-list.ts';

/**
 * What `--fail-on` may name. Errors and an interruption always decide the exit code. `should`: something
 * was seen that the claim says should not happen, which is a warning otherwise.
 */
export const failOnKinds = ['violated', 'inconclusive', 'unsupported', 'should'] as const;
export type FailOn = (typeof failOnKinds)[number];

export const defaultFailOn: readonly FailOn[] = ['violated', 'inconclusive'];

export interface GateInput {
  readonly cells: readonly CellRecord[];
  /** How many there are to be: a record that was left half written is no verdict. */
  readonly planned: number;
  readonly interrupted: boolean;
  readonly failOn: readonly FailOn[];
  /** What became of the thresholds that were asked for. */
  readonly thresholds: readonly ThresholdRecord[];
}

/** One fact that argues for an exit code. */
export interface GateFact {
  readonly kind: FailOn | 'error' | 'interrupted' | 'threshold';
  readonly exitCode: ExitCode;
  readonly reason: string;
}

export interface WaivedClause {
  readonly cell: string;
  readonly check: CheckId;
  readonly waiver: string;
  /** Whether the anomaly was in fact seen. */
  readonly seen: boolean;
}

export interface GateResult {
  readonly exitCode: ExitCode;
  readonly reason: string;
  /** Everything that counted, the deciding facts first; empty when the exit code is 0. */
  readonly facts: readonly GateFact[];
  /** What would have counted, had `--fail-on` named it. */
  readonly left: readonly GateFact[];
  readonly waived: readonly WaivedClause[];
  readonly deviating: readonly DeviatingClause[];
}

/**
 * The exit code of a run. Precedence 70 > 130 > 1 > 69 > 3 > 2 > 0, so that a violation is never hidden
 * by another cell's lack of evidence, and never blamed on a broker when the harness itself broke.
 */
export function gate(input: GateInput): GateResult {
  const treatments = input.cells.filter((cell) => cell.control.kind === 'none');
  const all = [
    ...errorFacts(input.cells),
    ...interruptionFacts(input.interrupted),
    ...violationFacts(treatments),
    ...shouldFacts(treatments),
    ...evidenceFacts(treatments),
    ...missingFacts(input),
    ...controlFacts(input.cells),
    ...thresholdFacts(input.thresholds),
  ];
  const counts = ({ kind }: GateFact): boolean =>
    isAlwaysCounted(kind) || input.failOn.some((one) => one === kind);
  const facts = all.filter(counts);
  const left = all.filter((fact) => !counts(fact) && fact.kind !== 'unsupported');
  const waived = treatments.filter(isJudged).flatMap(waivedClauses);
  const deviating = treatments.filter(isJudged).flatMap(deviatingClauses);
  if (facts.length === 0) {
    const told = left.filter(({ kind }) => kind !== 'should');
    const reason = told.length > 0 ? leftReason(told) : keptReason(treatments);
    return { exitCode: ExitCode.kept, reason, facts, left, waived, deviating };
  }
  const exitCode = worstExitCode(facts.map((fact) => fact.exitCode));
  const deciding = facts.filter((fact) => fact.exitCode === exitCode);
  return {
    exitCode,
    reason: shortList(deciding.map((fact) => fact.reason)),
    facts: [...deciding, ...facts.filter((fact) => fact.exitCode !== exitCode)],
    left,
    waived,
    deviating,
  };
}

/** Errors, an interruption, and a threshold that somebody asked for. */
function isAlwaysCounted(kind: GateFact['kind']): boolean {
  return kind === 'error' || kind === 'interrupted' || kind === 'threshold';
}

function thresholdFacts(thresholds: readonly ThresholdRecord[]): GateFact[] {
  return thresholds
    .filter(({ isMet }) => !isMet)
    .map(({ threshold, cell, reason }) => {
      const where = cell === '' ? '' : ` in ${cell}`;
      const why = reason === '' ? 'was missed' : `has no figure: ${reason}`;
      return fact('threshold', ExitCode.threshold, `${threshold}${where} ${why}`);
    });
}

function errorFacts(cells: readonly CellRecord[]): GateFact[] {
  const idsByCode = new Map<string, string[]>();
  for (const cell of cells) {
    if (cell.status !== 'error') continue;
    idsByCode.set(cell.error.code, [...(idsByCode.get(cell.error.code) ?? []), cell.id]);
  }
  // One unreachable target fails every cell: that is one reason.
  const failed = [...idsByCode].map(([code, [first, ...others]]) => {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return fact('error', exitCodeOf(code), `${first}${more} failed with ${code}`);
  });
  const unjudged = cells
    .filter(isJudged)
    .filter((cell) => cell.verdict === 'error')
    .map((cell) => fact('error', ExitCode.internal, `${cell.id} could not be judged`));
  return [...failed, ...unjudged];
}

function interruptionFacts(interrupted: boolean): GateFact[] {
  if (!interrupted) return [];
  const reason = 'interrupted; the record holds what was finished';
  return [fact('interrupted', ExitCode.interrupted, reason)];
}

function violationFacts(treatments: readonly CellRecord[]): GateFact[] {
  return treatments.filter(isJudged).flatMap((cell) => {
    const broken = inState(cell, 'broken');
    if (broken.length === 0 && cell.verdict !== 'violated') return [];
    const which = broken.map(brokenText).join(', ') || 'a claim';
    return [fact('violated', ExitCode.violated, `${cell.id} violated ${which}`)];
  });
}

function brokenText({ check, deviation }: ClauseRecord): string {
  if (deviation === null) return check;
  return `${check} (deviation ${deviation.id} expired on ${deviation.expires})`;
}

function shouldFacts(treatments: readonly CellRecord[]): GateFact[] {
  return treatments.filter(isJudged).flatMap((cell) => {
    const seen = inState(cell, 'should-violated').map(({ check }) => check);
    if (seen.length === 0) return [];
    const reason = `${cell.id} showed what should not happen: ${seen.join(', ')}`;
    return [fact('should', ExitCode.violated, reason)];
  });
}

function evidenceFacts(treatments: readonly CellRecord[]): GateFact[] {
  const unsupported = treatments.filter((cell) => cell.status === 'unsupported');
  const facts = unsupported.map((cell) =>
    fact('unsupported', ExitCode.inconclusive, `${cell.id} is unsupported`),
  );
  for (const cell of treatments.filter(isJudged)) {
    if (cell.verdict !== 'inconclusive') continue;
    const why = cell.reasons[0] ?? 'no reason was recorded';
    const reason = `${cell.id} is inconclusive: ${why}`;
    facts.push(fact('inconclusive', ExitCode.inconclusive, reason));
  }
  if (treatments.length === 0) {
    facts.push(fact('inconclusive', ExitCode.inconclusive, 'no cell was run'));
  } else if (unsupported.length === treatments.length) {
    facts.push(fact('inconclusive', ExitCode.inconclusive, 'every cell was unsupported'));
  }
  return facts;
}

/** An interruption says the same of itself. */
function missingFacts({ cells, planned, interrupted }: GateInput): GateFact[] {
  if (interrupted || cells.length >= planned) return [];
  const reason = `only ${cells.length} of ${plural(planned, 'planned cell')} were recorded`;
  return [fact('inconclusive', ExitCode.inconclusive, reason)];
}

/**
 * A control carries no claim and violates nothing. But a planted defect that the checks did not see makes
 * every pass of the run worthless, hence inconclusive.
 */
function controlFacts(cells: readonly CellRecord[]): GateFact[] {
  return cells.filter(isJudged).flatMap((cell) => {
    const { control } = cell;
    if (control.kind !== 'planted' || controlShown(cell.clauses, control.shows)) return [];
    const missing = control.shows.join(', ') || 'its anomaly';
    const reason = `control ${cell.id}: the planted ${control.plant} did not show ${missing}`;
    return [fact('inconclusive', ExitCode.inconclusive, reason)];
  });
}

function fact(kind: GateFact['kind'], exitCode: ExitCode, reason: string): GateFact {
  return { kind, exitCode, reason };
}

function waivedClauses(cell: JudgedCell): WaivedClause[] {
  return cell.clauses.flatMap((clause) =>
    clause.waiver === undefined
      ? []
      : [{ cell: cell.id, check: clause.check, waiver: clause.waiver, seen: clause.count > 0 }],
  );
}

function leftReason(left: readonly GateFact[]): string {
  return `--fail-on leaves out: ${shortList(left.map((fact) => fact.reason))}`;
}

function inState(cell: JudgedCell, state: ClauseState): readonly ClauseRecord[] {
  return cell.clauses.filter((clause) => clause.state === state);
}
