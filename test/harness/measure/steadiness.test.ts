import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSteady, type LoadWindow, steadyWindows } from '../../../harness/measure/steadiness.ts';

const window = (over: Partial<LoadWindow> = {}): LoadWindow => ({
  sent: 1_000,
  arrived: 1_000,
  responseNs: 5e6,
  ...over,
});
const steady = Array.from({ length: steadyWindows }, () => window());
const withLast = (last: Partial<LoadWindow>): readonly LoadWindow[] => [
  ...steady.slice(1),
  window(last),
];

describe('a load', () => {
  it('is steady when five windows in a row brought what was sent in as much time', () => {
    expect(isSteady(steady, 1)).toBe(true);
    expect(isSteady(steady.slice(1), 1)).toBe(false);
    expect(isSteady([window({ arrived: 0, responseNs: 0 }), ...steady], 1)).toBe(true);
  });

  it.each<[string, Partial<LoadWindow>]>([
    ['a backlog grows', { arrived: 940 }],
    ['a backlog is worked off', { arrived: 1_060 }],
    ['it takes longer than before', { responseNs: 8e6 }],
    ['nothing was sent', { sent: 0, arrived: 0 }],
    ['nothing arrived', { arrived: 0, responseNs: 0 }],
  ])('is not steady while %s', (_what, last) => {
    expect(isSteady(withLast(last), 1)).toBe(false);
  });

  it('may vary by 5 % in what arrives, by 20 % in time, and by half a millisecond in any case', () => {
    expect(isSteady(withLast({ arrived: 955, responseNs: 5.9e6 }), 1)).toBe(true);
    const fast = steady.map((one, at) => ({ ...one, responseNs: at === 0 ? 7e5 : 1e5 }));
    expect(isSteady(fast, 1)).toBe(true);
  });

  it('of several subscriptions has so many arrivals of each message', () => {
    const doubled = steady.map((one) => ({ ...one, arrived: 2_000 }));
    expect(isSteady(doubled, 2)).toBe(true);
    expect(isSteady(doubled, 1)).toBe(false);
    expect(isSteady(steady, 2)).toBe(false);
  });

  it('is judged by its last windows only, whatever came before', () => {
    const any = fc.record({ sent: fc.nat(), arrived: fc.nat(), responseNs: fc.nat() });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), (before) => {
        expect(isSteady([...before, ...steady], 1)).toBe(true);
        expect(isSteady([...before, ...withLast({ arrived: 1 })], 1)).toBe(false);
      }),
    );
  });
});
