import { describe, expect, it } from 'vitest';
import type { JudgedCell } from '../../../harness/record/schema.ts';
import { observeMeasured } from '../../../harness/textbook/observe-measured.ts';
import type { Figure } from '../../../scenarios/textbook/sentence.ts';
import { judged } from '../../reports/fixtures/cell.ts';
import { defaultProfiles } from '../../reports/fixtures/profiles.ts';
import { withValue } from './planted-figures.ts';

const [profile] = defaultProfiles;
if (profile === undefined) throw new Error('no profile fixture');
const timed = judged({
  profile,
  scenario: { id: 'one-partition', summary: '', kind: 'timed', under: 'none', faults: [] },
  index: 0,
});

const throughput: Figure = { of: 'throughput', unit: 'MB/s' };
const trip: Figure = { of: 'round-trip', stage: 1, quantile: 'p99', unit: 'p99' };

const cellsOf = (figure: Figure, engine: string, ...values: readonly number[]): JudgedCell[] =>
  values.map((value, at) => ({
    ...withValue(timed, figure, value),
    id: `${engine}@a/one-partition/${at + 1}`,
    engine,
    profile: 'a',
    round: at + 1,
  }));

const observed = (figure: Figure, own: readonly JudgedCell[], other: readonly JudgedCell[] = []) =>
  observeMeasured({ is: 'measured', figure, scenario: 'one-partition' }, own, other);

describe('an amount', () => {
  it('is told with the least and the most of its rounds', () => {
    const { is, text } = observed(throughput, cellsOf(throughput, 'log', 20, 24, 21));
    expect(is).toBe('shown');
    expect(text).toMatch(/^MB\/s: 21\.0, between 20\.0 and 24\.0 in 3 rounds/);
  });

  it('is told as so many times that of another system, with an interval', () => {
    const other = cellsOf(throughput, 'broker', 10, 12, 11);
    const { text } = observed(throughput, cellsOf(throughput, 'log', 20, 24, 21), other);
    expect(text).toContain('1.91 times (1.67 to 2.40) that of broker@a, 11.0');
  });

  it('comes with who was at its limit, on both sides', () => {
    const limit = {
      side: 'client-cpu' as const,
      clientThread: 0.97,
      brokerThread: 0.4,
      brokerDisk: 0,
      machine: 0.8,
      throttled: null,
      quota: null,
    };
    const limited = (cells: readonly JudgedCell[], side: 'client-cpu' | 'broker-cpu') =>
      cells.map((cell) => ({ ...cell, limit: { ...limit, side } }));
    const { text } = observed(
      throughput,
      limited(cellsOf(throughput, 'log', 20, 24, 21), 'client-cpu'),
      limited(cellsOf(throughput, 'broker', 10, 12, 11), 'broker-cpu'),
    );
    expect(text).toContain(
      'log@a at the limit of client-cpu (of one core the busiest client thread 97 %',
    );
    expect(text).toContain('broker@a at the limit of broker-cpu');
  });

  it.each([
    ['too few rounds', cellsOf(throughput, 'log', 20, 24), [], /2 rounds of 3/],
    [
      'too few rounds of the other system',
      cellsOf(throughput, 'log', 20, 24, 21),
      cellsOf(throughput, 'broker', 10),
      /1 round of 3/,
    ],
    [
      'cells that shared the machine',
      cellsOf(throughput, 'log', 20, 24, 21).map((cell) => ({
        ...cell,
        performance: { status: 'untimed' as const, reason: 'it shared the machine' },
      })),
      [],
      /shared the machine/,
    ],
  ])('is not measured with %s', (_what, own, other, why) => {
    const { is, text } = observed(throughput, own, other);
    expect(is).toBe('undecided');
    expect(text).toMatch(why);
  });
});

describe('a round trip', () => {
  it('is that of its own stage of the load', () => {
    const cells = cellsOf(trip, 'log', 4, 5, 6);
    expect(observed(trip, cells).text).toMatch(/^p99: 5\.00, between 4\.00 and 6\.00/);
    expect(observed({ ...trip, stage: 0 }, cells).is).toBe('undecided');
  });

  it('is not measured by a generator that was late', () => {
    const late = cellsOf(trip, 'log', 4, 5, 6).map((cell) => {
      const { performance } = cell;
      if (performance.status === 'untimed') throw new Error('the fixture has no figures');
      const { figures } = performance;
      const lateness = { ...figures.lateness, p99Ns: figures.endToEndResponse.p99Ns + 5e6 };
      return { ...cell, performance: { ...performance, figures: { ...figures, lateness } } };
    });
    const { is, text } = observed(trip, late);
    expect(is).toBe('undecided');
    expect(text).toContain('the generator was late');
  });

  it('is not told of fewer than a thousand', () => {
    const few = cellsOf(trip, 'log', 4, 5, 6).map((cell) => ({
      ...cell,
      windows: cell.windows.map((window) => {
        const { 'end-to-end-response': trips } = window.latencies;
        if (trips === undefined) return window;
        return { ...window, latencies: { 'end-to-end-response': { ...trips, count: 999 } } };
      }),
    }));
    expect(observed(trip, few).is).toBe('undecided');
  });
});
