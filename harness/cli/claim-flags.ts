import { type ClaimedLevel, levels, type PromiseSet, promises } from '../core/clauses.ts';
import { suggestion } from '../core/suggest.ts';
import type { ForeignClaim } from '../run/foreign/claim.ts';
import { type Problem, throwProblems } from './problems.ts';
import { wholeNumberHint, wholeNumberProblem } from './whole-number.ts';

export interface ClaimFlags {
  readonly level: readonly string[] | undefined;
  readonly minimumAcknowledged: number;
  readonly minimumDelivered: number;
}

/** `--level at-least-once,per-key-order`: at most one level, and promises beyond it. */
export function parseClaim(flags: ClaimFlags): ForeignClaim {
  const problems: Problem[] = [];
  const words = flags.level ?? [];
  const known: readonly string[] = [...levels, ...promises];
  if (flags.level !== undefined && words.length === 0) {
    problems.push({ place: '--level', what: `needs a value (${known.join(', ')})` });
  }
  for (const word of words.filter((one) => !known.includes(one))) {
    problems.push({
      place: '--level',
      what: `no level or promise is called ${JSON.stringify(word)}${suggestion(word, known)} (${known.join(', ')})`,
    });
  }
  const named = levels.filter((level) => words.includes(level));
  if (named.length > 1) {
    problems.push({ place: '--level', what: `${named.join(' and ')} exclude each other` });
  }
  const minima = [
    wholeNumberProblem('--minimum-acknowledged', flags.minimumAcknowledged, 1),
    wholeNumberProblem('--minimum-delivered', flags.minimumDelivered, 1),
  ].filter((problem) => problem !== undefined);
  const [wrongMinimum] = minima;
  const hint =
    problems.length === 0 && wrongMinimum !== undefined
      ? wholeNumberHint(wrongMinimum.place, 1)
      : 'See `ackmark list levels` and `ackmark list promises` for what each demands.';
  throwProblems([...problems, ...minima], 'USAGE', hint);
  const level: ClaimedLevel = named[0] ?? 'none';
  return {
    level,
    promises: promises.filter((promise): promise is PromiseSet => words.includes(promise)),
    minimumAcknowledged: flags.minimumAcknowledged,
    minimumDelivered: flags.minimumDelivered,
  };
}
