import { describe, expect, it } from 'vitest';
import { latenessOf } from './standstill.ts';

describe('how late a machine lets anybody be', () => {
  it('is not at all where nothing stood still', () => {
    expect(latenessOf([], 1_000, 0.01)).toBe(0);
  });

  it('is what is left of a gap when an instant falls into it', () => {
    // One gap of 20 ms in a second: an instant in a hundred finds more than half of it before it.
    expect(latenessOf([20], 1_000, 0.01)).toBeCloseTo(10, 3);
    expect(latenessOf([20], 1_000, 0.02)).toBe(0);
  });

  it('adds up what many short gaps take', () => {
    const gaps = Array.from({ length: 100 }, () => 0.3);
    expect(latenessOf(gaps, 1_000, 0.01)).toBeCloseTo(0.2, 3);
  });
});
