import type { RunFlags } from './settings.ts';
import { splitReference } from './select-engines.ts';
import type { Suite } from './suite-file.ts';

/**
 * What `--engine` takes of a suite: an engine without a profile stands for those of its profiles that the suite
 * names, and for all of them where it names none.
 */
export function partOfSuite(references: readonly string[], suite: Suite): readonly string[] {
  return references.flatMap((reference) => {
    const named = profilesNamed(reference, suite);
    return named.length === 0 ? [reference] : named;
  });
}

/** Whether `--engine` names something else than a part of the suite: a profile, or an engine that is not in it. */
export function isOwn(reference: string, suite: Suite): boolean {
  return (
    splitReference(reference).profile !== undefined ||
    enginesOf(suite).every((one) => splitReference(one).name !== reference)
  );
}

/** All that the suite names: those that it runs, and those that it runs where a flag asks for them. */
export function enginesOf({ engines = [], onRequest = [] }: Suite): readonly string[] {
  return [...engines, ...onRequest];
}

function profilesNamed(reference: string, suite: Suite): readonly string[] {
  const engines = enginesOf(suite);
  if (splitReference(reference).profile !== undefined || engines.includes(reference)) return [];
  return engines.filter((one) => splitReference(one).name === reference);
}

/** Where neither a flag nor the suite says how often. */
export const usualRounds = 1;

/** Of scenarios that the suite runs another number of times; a flag is for all alike. */
export function roundsOf(
  { rounds }: Pick<RunFlags, 'rounds'>,
  suite: Suite,
): Readonly<Record<string, number>> {
  if (rounds !== undefined) return {};
  const most = new Map<string, number>();
  for (const { id, rounds: own } of suite.scenarios ?? []) {
    if (own !== undefined) most.set(id, Math.max(own, most.get(id) ?? 0));
  }
  return Object.fromEntries(most);
}
