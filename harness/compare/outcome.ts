import { ExitCode } from '../core/exit-codes.ts';
import type { Comparison, ComparisonRow, PromiseChange } from '../record/comparison-schema.ts';
import { fewestRounds } from './change.ts';

export interface Compared {
  readonly rows: readonly ComparisonRow[];
  readonly promises: readonly PromiseChange[];
  readonly isOtherMachine: boolean;
  /** Cells that kept their claims in base, and of which head does not tell whether they do. */
  readonly unjudged: readonly string[];
}

/**
 * The exit code of a comparison: a claim that is broken now outranks a figure that regressed, and both a lack
 * of evidence. Where nothing could have shown that something became worse, nothing is called unchanged.
 */
export function comparisonOutcome(compared: Compared): Comparison['outcome'] {
  const broken = compared.promises.filter(({ isBroken }) => isBroken);
  const regressed = compared.rows.filter(({ word }) => word === 'regressed');
  if (broken.length > 0) {
    const [first] = broken;
    const reason = `${first?.check} of ${first?.profile} in ${first?.scenario} is broken and was not before`;
    return { exitCode: ExitCode.violated, reason: andMore(reason, broken.length) };
  }
  if (regressed.length > 0) {
    const [first] = regressed;
    const reason = `${first?.metric} of ${first?.profile} in ${first?.scenario} regressed`;
    return { exitCode: ExitCode.threshold, reason: andMore(reason, regressed.length) };
  }
  const lacking = whatIsLacking(compared);
  if (lacking !== undefined) return { exitCode: ExitCode.inconclusive, reason: lacking };
  return {
    exitCode: ExitCode.kept,
    reason: 'nothing regressed, and no claim that was kept is broken',
  };
}

function whatIsLacking({ rows, isOtherMachine, unjudged }: Compared): string | undefined {
  if (isOtherMachine) {
    return 'the runs were made on unlike machines, so that no figure was compared (--allow-cross-testbed)';
  }
  const [first] = unjudged;
  if (first !== undefined) return andMore(`${first} kept its claims in base only`, unjudged.length);
  if (rows.length === 0) return 'no timed cell was valid in both runs';
  const isTold = rows.some(({ base, head }) => Math.min(base.rounds, head.rounds) >= fewestRounds);
  if (isTold) return undefined;
  return `no cell has ${fewestRounds} valid rounds in both runs, so that nothing could have regressed: add --rounds 5`;
}

function andMore(first: string, count: number): string {
  return count === 1 ? first : `${first}, and ${count - 1} more`;
}
