import type { Simulation } from '../../engines/simulation.ts';
import { type Accusation, judgeSeed } from './judged-seed.ts';
import type { SeedPlan } from './seed-plan.ts';

/** The smallest plan found that is still accused of the same. */
export interface Shrunk {
  readonly seed: number;
  /** Numbers of the parts that it takes. */
  readonly only: readonly number[];
  /** The most messages of a lane; undefined: as many as were planned. */
  readonly messages: number | undefined;
  /** The parts in words, by the same numbers. */
  readonly parts: readonly string[];
  /** Parts of the whole plan. */
  readonly planned: number;
  readonly accusation: Accusation;
  readonly plays: number;
}

const playsMost = 200;
const fewMessages = [1, 2, 3, 4, 6, 8, 12, 16, 24] as const;

/** Leaves out what the violation does without: parts of the plan one after the other, and messages. */
export function shrink(simulation: Simulation, plan: SeedPlan, accused: Accusation): Shrunk {
  const { parts } = judgeSeed(simulation, plan);
  let only: readonly number[] = parts.map((_, index) => index + 1);
  let messages: number | undefined;
  let accusation = accused;
  let plays = 1;
  /** Whether that is enough for the same violation; then it is what is gone on with. */
  const suffices = (fewer: readonly number[], messagesMost: number | undefined): boolean => {
    if (plays >= playsMost) return false;
    plays += 1;
    const candidate = { ...plan, only: new Set(fewer), messages: messagesMost };
    const found = judgeSeed(simulation, candidate).accusation;
    if (found === undefined || !isSame(found, accused)) return false;
    only = fewer;
    messages = messagesMost;
    accusation = found;
    return true;
  };
  const withoutParts = (): void => {
    for (const part of only)
      suffices(
        only.filter((other) => other !== part),
        messages,
      );
  };
  const withFewerMessages = (): void => {
    for (const few of fewMessages) {
      if (few >= (messages ?? Number.POSITIVE_INFINITY) || suffices(only, few)) return;
    }
  };
  if (!suffices([], undefined)) untilNothingChanges(() => only.length, withoutParts);
  withFewerMessages();
  untilNothingChanges(() => only.length, withoutParts);
  const kept = only.map((part) => parts[part - 1] ?? '');
  return { seed: plan.seed, only, messages, parts: kept, planned: parts.length, accusation, plays };
}

function untilNothingChanges(size: () => number, act: () => void): void {
  for (let before = Number.NaN; size() !== before; ) {
    before = size();
    act();
  }
}

/** The first anomaly, or wrong, of the whole plan is among those of the smaller one, or both never end. */
function isSame(one: Accusation, accused: Accusation): boolean {
  if (accused.kind === 'stuck') return one.kind === 'stuck';
  if (accused.kind === 'told') {
    return one.kind === 'told' && one.wrongs.some((wrong) => wrong === accused.wrongs[0]);
  }
  return one.kind === 'shown' && one.found.some(({ check }) => check === accused.found[0]?.check);
}
