import { describe, expect, it } from 'vitest';
import { noun, plural } from '../../../harness/core/plural.ts';

describe('a count with its noun', () => {
  it.each([
    [0, '0 messages'],
    [1, '1 message'],
    [2, '2 messages'],
    [20_000, '20,000 messages'],
  ])('says %d as %s', (count, text) => {
    expect(plural(count, 'message')).toBe(text);
  });

  it('agrees with the verb that follows', () => {
    expect(plural(1, 'delivery was', 'deliveries were')).toBe('1 delivery was');
    expect(plural(0, 'delivery was', 'deliveries were')).toBe('0 deliveries were');
    expect(noun(1, 'is', 'are')).toBe('is');
  });
});
