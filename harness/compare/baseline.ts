import { ExitCode } from '../core/exit-codes.ts';
import { type Baseline, baselineSchemaVersion } from '../record/baseline-schema.ts';
import type { Comparison } from '../record/comparison-schema.ts';
import type { RunRecord } from '../record/schema.ts';
import { compareRuns, type ComparisonRequest } from './compare-runs.ts';
import { fewestRounds, whyTooFew } from './few-rounds.ts';
import { fingerprintOf, testbedOf } from './testbed.ts';
import { timedCellsOf } from './timed-cells.ts';

/** So many runs in a row, none of them regressed, make the last of them the baseline. */
export const confirmationsNeeded = 2;

/** Undefined: the run may begin a baseline. */
export function whyNoBaseline(record: RunRecord): string | undefined {
  const { exitCode, reason } = record.outcome;
  if (record.interrupted) return 'it was interrupted';
  if (exitCode === ExitCode.violated) return `a claim is broken: ${reason}`;
  if (exitCode === ExitCode.threshold) return `a threshold was missed: ${reason}`;
  if (exitCode !== ExitCode.kept) return `it proves nothing: ${reason}`;
  const cells = [...timedCellsOf(record).values()];
  const best = cells.toSorted((a, b) => b.figures.length - a.figures.length)[0];
  if (best === undefined) return 'it has no timed cell';
  const tooFew = whyTooFew(best);
  return tooFew === undefined
    ? undefined
    : `no timed cell has ${fewestRounds} valid rounds: of ${best.profile} in ${best.scenario}, ${tooFew}`;
}

export function beginBaseline(name: string, record: RunRecord, at: string): Baseline {
  return {
    schemaVersion: baselineSchemaVersion,
    name,
    fingerprint: fingerprintOf(record.host),
    testbed: [...testbedOf(record.host)],
    savedAt: at,
    advances: 0,
    confirmations: [],
    record,
  };
}

/** What a run did to a baseline; `reset`: it did not confirm it, and what had is forgotten. */
export type BaselineStep = {
  readonly is: 'confirmed' | 'advanced' | 'reset' | 'known';
  readonly baseline: Baseline;
  readonly comparison: Comparison;
  readonly reason: string;
};

/**
 * A run confirms a baseline when the comparison with it ends well and the run itself could be one. The second in
 * a row takes its place; a run that regressed, broke a claim or proves nothing forgets the one before it.
 */
export function stepBaseline(
  before: Baseline,
  record: RunRecord,
  at: string,
  request?: ComparisonRequest,
): BaselineStep {
  const comparison = compareRuns(before.record, record, request);
  const isKnown =
    before.record.id === record.id || before.confirmations.some(({ run }) => run === record.id);
  if (isKnown) {
    const reason = `run ${record.id} has been counted already`;
    return { is: 'known', baseline: before, comparison, reason };
  }
  const unfit = whyNoBaseline(record) ?? whyUnconfirmed(comparison);
  if (unfit !== undefined) {
    return { is: 'reset', baseline: { ...before, confirmations: [] }, comparison, reason: unfit };
  }
  const confirmations = [...before.confirmations, { run: record.id, at }];
  if (confirmations.length < confirmationsNeeded) {
    const reason = `${confirmations.length} of ${confirmationsNeeded} runs in a row`;
    return { is: 'confirmed', baseline: { ...before, confirmations }, comparison, reason };
  }
  return {
    is: 'advanced',
    baseline: { ...beginBaseline(before.name, record, at), advances: before.advances + 1 },
    comparison,
    reason: `${confirmationsNeeded} runs in a row kept everything: ${confirmations.map(({ run }) => run).join(', ')}`,
  };
}

function whyUnconfirmed({ outcome }: Comparison): string | undefined {
  return outcome.exitCode === ExitCode.kept ? undefined : outcome.reason;
}
