import { describe, expect, it } from 'vitest';
import { checkModules } from '../../../harness/check/catalog.ts';
import { models } from '../../../harness/selftest/models/catalog.ts';
import {
  mutants,
  mutantsThatExpect,
  pendingMutants,
  uncoveredChecks,
} from '../../../harness/selftest/mutants/catalog.ts';
import { firstOccasion, whyFlagged, whySurvived } from '../../../harness/selftest/trial.ts';

describe('the reference model', () => {
  it.each(Object.entries(models))('of a %s makes one history of a seed', (_, play) => {
    expect(play(7, 'none')).toEqual(play(7, 'none'));
    expect(play(7, 'none').events).not.toEqual(play(8, 'none').events);
  });

  it.each(Object.entries(models))(
    'of a %s is accused of nothing while it is healthy',
    (_, play) => {
      for (let seed = 1; seed <= 100; seed += 1) {
        expect({ seed, why: whyFlagged(play(seed, 'none')) }).toEqual({ seed, why: '' });
      }
    },
  );
});

describe('the checks', () => {
  it.each(mutants.map((mutant) => [mutant.id, mutant] as const))('kill %s', (_, mutant) => {
    for (const from of [1, 100]) {
      expect(whySurvived(mutant, firstOccasion(mutant, from))).toBe('');
    }
  });

  it('are each expected by a mutant', () => {
    expect(uncoveredChecks).toEqual([]);
  });

  it('are put to the test by M1 to M35, each of which is either played or pending', () => {
    const played = new Set(mutants.map(({ id }) => id.split(' ')[0]));
    const pending = pendingMutants.map(({ id }) => id);
    expect(pending.filter((id) => played.has(id))).toEqual([]);
    const named = Array.from({ length: 35 }, (_, index) => `M${index + 1}`);
    expect(named.filter((id) => !played.has(id))).toEqual(pending);
  });

  it.each(checkModules.map(({ id }) => id))('let a mutant survive without %s', (id) => {
    const checks = checkModules.filter((module) => module.id !== id);
    const survives = mutantsThatExpect(id).some(
      (mutant) => whySurvived(mutant, firstOccasion(mutant, 1), checks) !== '',
    );
    expect(survives).toBe(true);
  });
});
