import { describe, expect, it } from 'vitest';
import { reasonsText } from '../../../reports/text/reasons.ts';

describe('several reasons', () => {
  it('are told once each, and the first of many with how many there are', () => {
    expect(reasonsText(['late', 'late'])).toBe('late');
    expect(reasonsText(['late', 'few samples'])).toBe('late; few samples');
    expect(reasonsText(['a', 'b', 'c', 'd'])).toBe('a; b (2 of 4 reasons)');
  });
});
