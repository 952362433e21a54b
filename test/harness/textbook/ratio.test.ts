import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JudgedCell } from '../../../harness/record/schema.ts';
import { observeRatio } from '../../../harness/textbook/observe-ratio.ts';
import type { Bound } from '../../../scenarios/textbook/sentence.ts';
import { judged } from '../../reports/fixtures/cell.ts';
import { defaultProfiles } from '../../reports/fixtures/profiles.ts';

const [profile] = defaultProfiles;
if (profile === undefined) throw new Error('no profile fixture');
const timed = judged({
  profile,
  scenario: { id: 'drain', summary: '', kind: 'timed', under: 'none', faults: [] },
  index: 0,
});

const cellsOf = (...rates: readonly number[]): JudgedCell[] =>
  rates.map((ratePerSecond, at) => ({
    ...timed,
    id: `log@a/drain/${at + 1}`,
    round: at + 1,
    backlog: { messages: 1_000, tookNs: 1e9, ratePerSecond },
  }));

const base = cellsOf(100, 110, 105);

const observed = (bound: Bound, cells: readonly JudgedCell[], over = base) =>
  observeRatio(
    { is: 'ratio', figure: { of: 'backlog', unit: 'deliveries a second' }, over: 'alone', bound },
    cells,
    over,
  );

describe('a ratio of two scenarios', () => {
  it('is told with both figures, its interval, its rounds and what was asked', () => {
    expect(observed({ least: 1.6 }, cellsOf(200, 210, 190)).text).toBe(
      'deliveries a second: 200 ÷ 105 in alone = 1.90, between 1.73 and 2.10 in 3 rounds (at least 1.6)',
    );
  });

  it.each([
    { bound: { least: 1.6 }, rates: [200, 210, 190], is: 'shown' },
    { bound: { least: 1.6 }, rates: [120, 118, 125], is: 'refuted' },
    // Between 1.55 and 1.9: some rounds would say so, and others not.
    { bound: { least: 1.6 }, rates: [190, 180, 170], is: 'undecided' },
    { bound: { most: 1.25 }, rates: [100, 110, 104], is: 'shown' },
    { bound: { most: 1.25 }, rates: [200, 210, 190], is: 'refuted' },
    { bound: { most: 1.25 }, rates: [130, 125, 120], is: 'undecided' },
  ] as const)('of $rates is $is where $bound was asked', ({ bound, rates, is }) => {
    expect(observed(bound, cellsOf(...rates)).is).toBe(is);
  });

  it.each([
    ['too few rounds', cellsOf(200, 210), base, /2 rounds of 3/],
    ['too few rounds of the other', cellsOf(200, 210, 205), base.slice(1), /2 rounds of 3/],
    ['no cell of the other', cellsOf(200, 210, 205), [], /no cell of alone/],
    [
      'a round that was not drained',
      cellsOf(200, 210, 205).map((cell) => ({
        ...cell,
        drain: { ...cell.drain, complete: false },
      })),
      base,
      /not drained/,
    ],
    ['a round without the figure', cellsOf(200, 210, 0), base, /not recorded/],
    ['a client at its limit', cellsOf(200, 210, 205).map(saturated), base, /at its limit/],
    [
      'cells that shared the machine',
      cellsOf(200, 210, 205).map((cell) => ({
        ...cell,
        performance: { status: 'untimed' as const, reason: 'it shared the machine' },
      })),
      base,
      /shared the machine/,
    ],
  ])('is undecided with %s', (_what, cells, over, why) => {
    const { is, text } = observed({ least: 1.6 }, cells, over);
    expect(is).toBe('undecided');
    expect(text).toMatch(why);
  });

  it('never decides against any of its rounds, each by each of the other', () => {
    const rates = fc.array(fc.integer({ min: 50, max: 400 }), { minLength: 3, maxLength: 6 });
    fc.assert(
      fc.property(rates, rates, (own, other) => {
        const { is } = observed({ least: 1.6 }, cellsOf(...own), cellsOf(...other));
        const ratios = own.flatMap((one) => other.map((by) => one / by));
        if (is === 'shown') expect(ratios.every((ratio) => ratio >= 1.6)).toBe(true);
        else if (is === 'refuted') expect(ratios.every((ratio) => ratio < 1.6)).toBe(true);
        else expect(is).toBe('undecided');
      }),
    );
  });
});

function saturated(cell: JudgedCell): JudgedCell {
  const { performance } = cell;
  if (performance.status !== 'valid') throw new Error('the fixture has no figures');
  const figures = { ...performance.figures, clientBusyShare: 0.99 };
  return { ...cell, performance: { ...performance, figures } };
}
