import { AckmarkError, type ErrorCode } from '../core/errors.ts';

/** One mistake in the configuration: where, what, and how to mend it. */
export interface Problem {
  /** `--scenario`, or `suite.yaml:3:7`. */
  readonly place: string;
  readonly what: string;
}

/** All of them at once, so that a reader mends them in one go. */
export function throwProblems(problems: readonly Problem[], code: ErrorCode, hint: string): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, 20).map((problem) => `${problem.place}: ${problem.what}`);
  const more = problems.length > 20 ? [`(20 of ${problems.length} shown)`] : [];
  throw new AckmarkError(code, [...shown, ...more].join('\n'), { hint });
}
