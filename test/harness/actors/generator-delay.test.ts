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

  it('begins anew when everything has left', () => {
    const delay = new GeneratorDelay();
    delay.free(0);
    delay.leaving(10);
    delay.caughtUp();
    delay.leaving(delay.free(12));
    expect(delay.since(3)).toBe(0);
  });

  /** Turns of the generator: it idles, then the client has the thread. */
  const turns = fc.array(
    fc.record({ idle: fc.integer({ min: 0, max: 50 }), held: fc.integer({ min: 0, max: 50 }) }),
    { minLength: 1, maxLength: 600 },
  );

  it('is what is left of the wait without the client’s part, whoever had the thread how often', () => {
    fc.assert(
      fc.property(turns, fc.array(fc.nat({ max: 40 }), { minLength: 1 }), (all, steps) => {
        const delay = new GeneratorDelay();
        const idle: [number, number][] = [];
        let nowNs = 0;
        let dueNs = 0;
        delay.free(0);
        for (const [at, turn] of all.entries()) {
          const from = nowNs;
          nowNs += turn.idle;
          idle.push([from, nowNs]);
          delay.leaving(nowNs);
          dueNs = Math.min(nowNs, dueNs + (steps[at % steps.length] ?? 0));
          const share = idle.reduce(
            (sum, [begin, end]) => sum + Math.max(0, end - Math.max(begin, dueNs)),
            0,
          );
          // Beyond what is remembered gap by gap, those at the end are one as long as all of them.
          if (at < 256) expect(delay.since(dueNs)).toBe(share);
          else expect(delay.since(dueNs)).toBeLessThanOrEqual(nowNs);
          nowNs += turn.held;
          delay.free(nowNs);
        }
      }),
    );
  });
});
