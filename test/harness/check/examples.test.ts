import { describe, expect, test } from 'vitest';
import { checkModules } from '../../../harness/check/catalog.ts';
import { informative, rootsOf } from '../../../harness/core/anomalies.ts';
import { idsFound, idsObserved, judgeLines } from './judge-lines.ts';

const alwaysDerived = new Set(['L5']);

describe('the example of', () => {
  test.each(checkModules.map((module) => [module.id, module] as const))(
    '%s shows it and nothing that does not follow from it',
    (id, { example }) => {
      const { judgement, problems } = judgeLines(example);
      expect(problems.first).toEqual([]);
      expect(problems.ofHistory).toEqual([]);
      expect(judgement.irregularities).toEqual([]);
      const found = informative.has(id) ? idsObserved(judgement) : idsFound(judgement);
      // What only ever follows from others is shown by one of those.
      expect(found).toContain(id);
      expect(rootsOf(found)).toEqual(
        alwaysDerived.has(id) ? [found.find((other) => other !== id)] : [id],
      );
    },
  );
});
