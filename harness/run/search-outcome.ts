import { ExitCode, worstExitCode } from '../core/exit-codes.ts';
import { whole } from '../core/plural.ts';
import { gate } from '../gate/gate.ts';
import { exitCodeOf } from '../gate/recorded-code.ts';
import type { CellRecord, RunRecord } from '../record/schema.ts';
import type { SearchRecord } from '../record/search-schema.ts';

/** A claim that was broken at any rate is broken; otherwise the searches decide. */
export function searchOutcome(
  cells: readonly CellRecord[],
  searches: readonly SearchRecord[],
  interrupted: boolean,
): RunRecord['outcome'] {
  const judged = cells.filter(({ status }) => status === 'judged');
  const claims = gate({
    cells: judged,
    planned: judged.length,
    interrupted,
    failOn: ['violated'],
    thresholds: [],
  });
  const codes = searches.map((search) => codeOf(search, cells));
  const exitCode = worstExitCode([claims.exitCode, ...codes]);
  const reason =
    exitCode === claims.exitCode && exitCode !== ExitCode.kept
      ? claims.reason
      : searches.map(sentenceOf).join('; ');
  return { exitCode, reason };
}

/** Of a run that searched when its scenarios were done: the worse of the two, in the words of whoever has it. */
export function bothOutcomes(
  scenarios: RunRecord['outcome'],
  search: RunRecord['outcome'],
): RunRecord['outcome'] {
  const exitCode = worstExitCode([scenarios.exitCode, search.exitCode]);
  const saying = [scenarios, search].filter((outcome) => outcome.exitCode === exitCode);
  return { exitCode, reason: saying.map(({ reason }) => reason).join('; ') };
}

function codeOf({ result, points }: SearchRecord, cells: readonly CellRecord[]): ExitCode {
  switch (result.is) {
    case 'found':
      return ExitCode.kept;
    case 'none':
      return ExitCode.threshold;
    case 'at-least':
      return ExitCode.inconclusive;
    case 'stopped': {
      const last = cells.find(({ id }) => id === points.at(-1)?.cell);
      return result.because === 'errors' && last?.status === 'error'
        ? exitCodeOf(last.error.code)
        : ExitCode.inconclusive;
    }
  }
}

function sentenceOf({ profile, result }: SearchRecord): string {
  switch (result.is) {
    case 'found':
      return `${profile} carries ${whole(result.ratePerSecond)} messages a second`;
    case 'at-least':
      return `${profile} carries at least ${whole(result.ratePerSecond)} messages a second: ${result.reason}`;
    case 'none':
      return `${profile} misses the objective already at ${whole(result.missedAtPerSecond)} messages a second`;
    case 'stopped': {
      const why = result.reason === '' ? '' : `: ${result.reason}`;
      return `${profile}: the search ended without an answer (${result.because})${why}`;
    }
  }
}
