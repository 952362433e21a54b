import { describe, expect, it } from 'vitest';
import { mustForbid } from '../../../harness/core/clauses.ts';

describe('what a level forbids', () => {
  it('is at exactly-once all that at-least-once forbids, and every repetition without a cause', () => {
    const exactlyOnce = mustForbid('exactly-once', []);
    expect(exactlyOnce).toEqual(expect.arrayContaining([...mustForbid('at-least-once', [])]));
    expect(exactlyOnce).toEqual(expect.arrayContaining(['D4', 'D5', 'D6']));
  });
});
