import { type ClaimedLevel, levels, type PromiseSet, promises } from '../core/clauses.ts';
import { suggestion } from '../core/suggest.ts';
import type { ForeignClaim } from '../run/foreign/claim.ts';
import { type Problem, throwProblems } from './problems.ts';

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
  guard('--minimum-acknowledged', flags.minimumAcknowledged, problems);
  guard('--minimum-delivered', flags.minimumDelivered, problems);
  throwProblems(problems, 'USAGE', 'See `ackmark explain at-least-once` for what a level forbids.');
  const level: ClaimedLevel = named[0] ?? 'none';
  return {
    level,
    promises: promises.filter((promise): promise is PromiseSet => words.includes(promise)),
    minimumAcknowledged: flags.minimumAcknowledged,
    minimumDelivered: flags.minimumDelivered,
  };
}

function guard(place: string, value: number, problems: Problem[]): void {
  if (Number.isInteger(value) && value >= 1) return;
  problems.push({ place, what: 'must be a whole number from 1' });
}
