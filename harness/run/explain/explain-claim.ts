import { checkIds, type CheckId } from '../../core/anomalies.ts';
import {
  type ClaimContext,
  type Level,
  levels,
  obligationsOf,
  type PromiseSet,
  promises,
} from '../../core/clauses.ts';

/** What one level or promise obliges to. */
export interface ClaimExplained {
  readonly name: Level | PromiseSet;
  readonly kind: 'level' | 'promise';
  /** A finding of these violates the claim. */
  readonly must: readonly CheckId[];
  /** A finding of these is a warning. */
  readonly should: readonly CheckId[];
  /** What it forbids besides in a history without effects. */
  readonly withoutEffects: readonly CheckId[];
}

export function isClaim(name: string): name is Level | PromiseSet {
  return [...levels, ...promises].some((known) => known === name);
}

export function explainClaim(name: Level | PromiseSet): ClaimExplained {
  const obliges = (recorded: ClaimContext['effects']) => {
    const context = { effects: recorded };
    const level = levels.find((known) => known === name);
    if (level !== undefined) return obligationsOf(level, [], context);
    return obligationsOf(
      'none',
      promises.filter((known) => known === name),
      context,
    );
  };
  const effects = obliges('in-the-system');
  const without = obliges('unrecorded');
  return {
    name,
    kind: levels.some((known) => known === name) ? 'level' : 'promise',
    must: checkIds.filter((id) => effects(id) === 'must'),
    should: checkIds.filter((id) => effects(id) === 'should'),
    withoutEffects: checkIds.filter((id) => without(id) === 'must' && effects(id) !== 'must'),
  };
}
