import { describe, expect, it } from 'vitest';
import { bothOutcomes } from '../../../harness/run/search-outcome.ts';

const kept = { exitCode: 0, reason: 'all claims were kept' } as const;
const broken = { exitCode: 1, reason: 'a claim was broken' } as const;
const found = { exitCode: 0, reason: 'it carries 900' } as const;
const missed = { exitCode: 3, reason: 'it misses the objective' } as const;

describe('the outcome of scenarios and a search', () => {
  it('is the worse of both, in the words of whoever has it', () => {
    expect(bothOutcomes(kept, found)).toEqual({
      exitCode: 0,
      reason: 'all claims were kept; it carries 900',
    });
    expect(bothOutcomes(kept, missed)).toEqual(missed);
    expect(bothOutcomes(broken, found)).toEqual(broken);
    expect(bothOutcomes(broken, missed)).toEqual(broken);
  });
});
