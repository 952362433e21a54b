import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GeneratorDelay } from '../../../harness/actors/generator-delay.ts';

describe('the generator’s share of a delay', () => {
  it('is the time before it woke up, of all that was due before, in however many batches it leaves', () => {
    const delay = new GeneratorDelay();
    delay.free(0);
    // Due every millisecond from 1 to 10; nobody woke the thread until 10, and each batch of one takes the client 2.
    delay.leaving(10);
    expect(delay.since(1)).toBe(9);
    delay.leaving(delay.free(12));
    expect(delay.since(2), 'two of its ten milliseconds are the client’s').toBe(8);
    delay.leaving(delay.free(14));
    expect(delay.since(9)).toBe(1);
    expect(delay.since(11), 'due while the client had the thread').toBe(0);
  });

  it('is nothing of the time in which the client had the thread, or took nothing', () => {
    const delay = new GeneratorDelay();
    delay.leaving(delay.free(5));
    delay.leaving(delay.free(500));
    expect(delay.since(6)).toBe(0);
  });

  it('has of the turns of a load that is behind only the last, in which the client had its answers', () => {
    const delay = new GeneratorDelay();
    delay.leaving(delay.free(500));
    delay.free(510);
    delay.leaving(513);
    expect(delay.since(20)).toBe(3);
    delay.free(520);
    delay.leaving(524);
    expect(delay.since(20)).toBe(4);
  });

  it('keeps the longest of its gaps, wherever in a load that is behind it was', () => {
    const delay = new GeneratorDelay();
    delay.leaving(5);
    delay.free(10);
    delay.leaving(300);
    delay.free(310);
    delay.leaving(312);
    expect(delay.since(0)).toBe(290 + 2);
    expect(delay.since(200)).toBe(100 + 2);
  });

  it('begins anew when everything has left', () => {
    const delay = new GeneratorDelay();
    delay.free(0);
    delay.leaving(10);
    delay.caughtUp();
    delay.leaving(delay.free(12));
    expect(delay.since(3)).toBe(0);
  });

  it('is never more than the wait, nor than the longest gap and the last, whoever had the thread how often', () => {
    const turn = fc.record({
      idle: fc.integer({ min: 0, max: 50 }),
      held: fc.integer({ min: 0, max: 50 }),
      ago: fc.integer({ min: 0, max: 300 }),
      catchesUp: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 60 }), (turns) => {
        const delay = new GeneratorDelay();
        let nowNs = 1_000;
        let longest = 0;
        delay.free(nowNs);
        for (const { idle, held, ago, catchesUp } of turns) {
          nowNs += idle;
          longest = Math.max(longest, idle);
          delay.leaving(nowNs);
          const share = delay.since(nowNs - ago);
          expect(share).toBeLessThanOrEqual(Math.min(ago, longest + idle));
          expect(share).toBeGreaterThanOrEqual(Math.min(ago, idle));
          nowNs += held;
          delay.free(nowNs);
          if (!catchesUp) continue;
          delay.caughtUp();
          longest = 0;
        }
      }),
    );
  });
});
