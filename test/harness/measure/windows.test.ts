import { beforeAll, describe, expect, it } from 'vitest';
import { type Epoch, groupsOf, maximumStages } from '../../../harness/measure/epochs.ts';
import { prepareRecorders } from '../../../harness/measure/latency-recorder.ts';
import { mergeWindows } from '../../../harness/measure/merge-windows.ts';
import { SecondDistribution } from '../../../harness/measure/second-distribution.ts';
import { SecondSeries } from '../../../harness/measure/second-series.ts';
import type { WindowOf } from '../../../harness/record/window-schema.ts';

beforeAll(prepareRecorders);

const whole = { copies: 1, isWhole: true } as const;

/** Epochs of a second each. */
function epochsOf(...courses: readonly Partial<Epoch>[]): Epoch[] {
  return courses.map((course, at) => ({
    startNs: at * 1e9,
    endNs: (at + 1) * 1e9,
    phase: 'load',
    stage: -1,
    fault: undefined,
    ...course,
  }));
}

const during = (index: number) => ({ fault: { index, isOver: false } });
const after = (index: number) => ({ fault: { index, isOver: true } });

function textOf(of: WindowOf): string {
  if (of.kind === 'phase') return of.phase;
  return of.kind === 'stage' ? `stage ${of.stage}` : `${of.part} ${of.fault}`;
}

function groupTexts(epochs: readonly Epoch[], stages: readonly string[] = []): string[] {
  return groupsOf(epochs, stages).map(({ of, epochs: own }) => `${textOf(of)}: ${own.join(' ')}`);
}

/** A producer whose epoch is the second of its clock. */
function producer() {
  const response = new SecondDistribution();
  const series = new SecondSeries('publish', [['publish-response', response]], (timeNs) =>
    Math.floor(timeNs / 1e9),
  );
  return {
    acknowledged(atNs: number, responseNs: number, isWarmup = false): void {
      series.sent(atNs - 1, 1);
      series.acknowledged(atNs);
      response.record(responseNs, isWarmup);
    },
    sent: (atNs: number, messages: number): void => series.sent(atNs, messages),
    finish: () => {
      const finished = series.finish();
      response.finish();
      return finished;
    },
  };
}

describe('the epochs of a cell', () => {
  it('make up its phases, whatever faults lie in them, and what surrounds each fault', () => {
    const epochs = epochsOf({ phase: 'warmup' }, {}, during(0), after(0), during(1), after(1), {
      phase: 'drain',
      ...after(1),
    });
    expect(groupTexts(epochs)).toEqual([
      'warmup: 0',
      'load: 1 2 3 4 5',
      'drain: 6',
      'before 0: 0 1',
      'during 0: 2',
      'after 0: 3',
      'before 1: 3',
      'during 1: 4',
      'after 1: 5',
    ]);
  });

  it('make up the stages of the arrivals, and none that was never reached', () => {
    const epochs = epochsOf({ stage: 0 }, { stage: 1 }, { stage: 1, phase: 'drain' });
    expect(groupTexts(epochs, ['5000/s@1000ms', '9000/s@1000ms', '1/s@1000ms'])).toEqual([
      'load: 0 1',
      'drain: 2',
      'stage 0: 0',
      'stage 1: 1',
    ]);
  });

  it('leave out a fault that never began and keep the place of those that did', () => {
    expect(groupTexts(epochsOf({}, during(2), after(2)))).toEqual([
      'load: 0 1 2',
      'before 2: 0',
      'during 2: 1',
      'after 2: 2',
    ]);
  });
});

describe('figures by window', () => {
  it('have the latencies that became known in it, of all actors, and the rates of its time', () => {
    const one = producer();
    one.acknowledged(0.5e9, 1_000);
    one.acknowledged(1.5e9, 50_000);
    one.acknowledged(2.5e9, 3_000);
    const two = producer();
    two.acknowledged(1.6e9, 90_000);
    const course = { epochs: epochsOf({}, during(0), after(0)), stages: [] };
    const { rows, total } = mergeWindows([one.finish(), two.finish()], course, whole);
    expect(total).toBe(4);
    expect(rows.map(({ of, acknowledged }) => `${textOf(of)} ${acknowledged}`)).toEqual([
      'load 4',
      'before 0 1',
      'during 0 2',
      'after 0 1',
    ]);
    const [load, before, struck] = rows.map(({ latencies }) => latencies['publish-response']);
    expect(before).toMatchObject({ count: 1, p50Ns: 1_000 });
    expect(struck?.count).toBe(2);
    expect(struck?.p50Ns).toBeGreaterThanOrEqual(50_000);
    expect(struck?.maxNs).toBeGreaterThanOrEqual(90_000);
    expect(struck?.maxNs).toBeLessThanOrEqual(90_000 * 1.001);
    expect(load?.count).toBe(4);
    expect(rows[2]).toMatchObject({ startNs: 1e9, endNs: 2e9 });
  });

  it('keep what was sent to warm up with the warm-up, however late it was answered', () => {
    const one = producer();
    one.acknowledged(0.5e9, 1_000, true);
    one.acknowledged(0.9e9, 2_000);
    one.acknowledged(1.5e9, 9_000_000, true);
    one.acknowledged(1.6e9, 4_000);
    const course = { epochs: epochsOf({ phase: 'warmup' }, {}), stages: [] };
    const { rows } = mergeWindows([one.finish()], course, whole);
    const [warmup, load] = rows.map(({ latencies }) => latencies['publish-response']);
    expect(warmup?.count).toBe(2);
    expect(warmup?.maxNs).toBeGreaterThanOrEqual(9_000_000);
    // The one that counts and was answered before the load was said to begin is the load's.
    expect(load?.count).toBe(2);
    expect(load?.maxNs).toBeLessThan(5_000);
    expect(rows.map(({ acknowledged }) => acknowledged)).toEqual([2, 2]);
  });

  it('say what was on its way at the end of a window and the most in it, also when nothing happened', () => {
    const one = producer();
    one.sent(0.1e9, 7);
    one.acknowledged(2.2e9, 1_000);
    const consumer = new SecondSeries('end-to-end', [], (timeNs) => Math.floor(timeNs / 1e9));
    consumer.delivered(2.3e9, 3);
    for (let i = 0; i < 3; i += 1) consumer.firstDelivered(2.3e9);
    const course = { epochs: epochsOf({}, during(0), after(0)), stages: [] };
    const { rows } = mergeWindows([one.finish(), consumer.finish()], course, whole);
    expect(rows.map(({ of, inFlight, backlog }) => [textOf(of), inFlight, backlog])).toEqual([
      ['load', { most: 7, atEnd: 7 }, { most: 7, atEnd: 5 }],
      ['before 0', { most: 7, atEnd: 7 }, { most: 7, atEnd: 7 }],
      ['during 0', { most: 7, atEnd: 7 }, { most: 7, atEnd: 7 }],
      ['after 0', { most: 7, atEnd: 7 }, { most: 7, atEnd: 5 }],
    ]);
  });

  it('do not say what was on its way where an actor took its counts with it', () => {
    const one = producer();
    one.sent(0.1e9, 7);
    const course = { epochs: epochsOf({}), stages: [] };
    const { rows } = mergeWindows([one.finish()], course, { copies: 1, isWhole: false });
    expect(rows[0]).toMatchObject({ sent: 7, inFlight: null, backlog: null });
  });

  it('count the stages of which there are no figures', () => {
    const stages = Array.from({ length: maximumStages + 20 }, (_, at) => `${at + 1}/s@1000ms`);
    const { rows, total } = mergeWindows([], { epochs: epochsOf({ stage: 0 }), stages }, whole);
    expect(rows).toHaveLength(2);
    expect(total).toBe(22);
  });
});
