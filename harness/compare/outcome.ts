import { ExitCode } from '../core/exit-codes.ts';
import type { Comparison, ComparisonRow, PromiseChange } from '../record/comparison-schema.ts';
import { fewestRounds } from './few-rounds.ts';

export interface Compared {
  readonly rows: readonly ComparisonRow[];
  readonly promises: readonly PromiseChange[];
  readonly isOtherMachine: boolean;
  readonly isSameRun: boolean;
  /** Why one of the records is not whole; undefined: both are. */
  readonly incomplete: string | undefined;
  /** Timed cells that had rounds enough in base and lost them in head, each with the reason. */
  readonly thinned: readonly string[];
  /** What was not compared, of both runs if there is any. */
  readonly leftOut: Comparison['leftOut'];
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
    const before = first?.base === null ? 'base did not judge it' : 'was not before';
    const reason = `${first?.check} of ${first?.profile} in ${first?.scenario} is broken and ${before}`;
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

function whatIsLacking(compared: Compared): string | undefined {
  const { rows, unjudged, thinned, incomplete } = compared;
  if (compared.isSameRun) {
    return 'base and head are the same run, compared with itself: nothing could have regressed';
  }
  if (incomplete !== undefined) return incomplete;
  if (compared.isOtherMachine) {
    return 'the runs were made on unlike machines, so that no figure was compared (--allow-cross-testbed)';
  }
  const [first] = unjudged;
  if (first !== undefined) return andMore(`${first} kept its claims in base only`, unjudged.length);
  const [thin] = thinned;
  if (thin !== undefined) {
    return andMore(`head lacks the valid rounds that base has of ${thin}`, thinned.length);
  }
  if (rows.length === 0) return whyNoRows(compared.leftOut);
  const isTold = rows.some(({ base, head }) => Math.min(base.rounds, head.rounds) >= fewestRounds);
  if (isTold) return undefined;
  const why = rows.find(({ reason }) => reason !== '')?.reason ?? '';
  return `no cell has ${fewestRounds} valid rounds in both runs, so that nothing could have regressed: ${why}`;
}

function whyNoRows(leftOut: Compared['leftOut']): string {
  const [first] = leftOut;
  if (first === undefined) return 'no figure that was asked for was measured in both runs';
  return andMore(`no timed cell could be compared: ${first.what}, ${first.reason}`, leftOut.length);
}

function andMore(first: string, count: number): string {
  return count === 1 ? first : `${first}, and ${count - 1} more`;
}
