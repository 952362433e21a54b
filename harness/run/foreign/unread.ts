import { plural } from '../../core/plural.ts';
import type { ProblemReport } from '../../import/problem-list.ts';

/** Every listed line that is no event, one sentence each, and how many there are beyond those. */
export function listedLines({ first, malformed }: ProblemReport): readonly string[] {
  const lines = first.map(({ file, line, reason }) => `${file}:${line}: ${reason}`);
  return malformed > lines.length ? [...lines, `(${lines.length} of ${malformed} shown)`] : lines;
}

/**
 * Why a history that could not be read in full decides nothing. A line that was left out on demand is no
 * such reason; a file that is cut off or empty is one in any case, for nobody knows what it would have said.
 */
export function unreadable(problems: ProblemReport, lenient: boolean): readonly string[] {
  const { malformed, lines, first, ofHistory } = problems;
  if (malformed === 0 || lenient) return ofHistory;
  const [worst] = first;
  const example =
    worst === undefined ? '' : `, the first ${worst.file}:${worst.line}: ${worst.reason}`;
  return [...ofHistory, `${malformed} of ${plural(lines, 'line')} could not be read${example}`];
}

/**
 * Events that may be missing. The line that could not be read may be the one that acquits, a refusal
 * before a ghost or the cause of a redelivery, so as long as there is one nothing is proven.
 */
export function eventsMissing({ malformed, cut }: ProblemReport, lenient: boolean): number {
  return lenient ? 0 : malformed + cut;
}
