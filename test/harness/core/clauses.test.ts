import { describe, expect, it } from 'vitest';
import { mustForbid } from '../../../harness/core/clauses.ts';

describe('what a level forbids', () => {
  it('is at exactly-once all that at-least-once forbids, and every repetition without a cause', () => {
    const exactlyOnce = mustForbid('exactly-once', []);
    expect(exactlyOnce).toEqual(expect.arrayContaining([...mustForbid('at-least-once', [])]));
    expect(exactlyOnce).toEqual(expect.arrayContaining(['D4', 'D5', 'D6']));
  });

  it('holds for effects in the system at exactly-once, and for those outside only where that is promised', () => {
    const ofEffects = ['E1', 'E2', 'E3'];
    const inside = mustForbid('exactly-once', [], { effects: 'in-the-system' });
    const outside = mustForbid('exactly-once', [], { effects: 'outside' });
    const promised = mustForbid('exactly-once', ['outside-effects'], { effects: 'outside' });
    expect(inside).toEqual(expect.arrayContaining(ofEffects));
    expect(outside.filter((id) => ofEffects.includes(id))).toEqual([]);
    expect(promised.toSorted()).toEqual(inside.toSorted());
    expect(outside).not.toContain('D5');
  });
});
