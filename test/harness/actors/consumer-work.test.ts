import { describe, expect, it } from 'vitest';
import { ConsumerWork, type WorkSpec } from '../../../harness/actors/consumer-work.ts';
import { CopyBatch } from '../../../harness/actors/copy-batch.ts';
import type { MessageWork } from '../../../scenarios/spread.ts';

/** Time that only passes while somebody sleeps, each time a bit longer than asked, or looks at the clock. */
class SlowTimer {
  atNs = 1e9;
  readonly #oversleptMs: number;
  readonly #lookNs: number;

  constructor(oversleptMs: number, lookNs = 0) {
    this.#oversleptMs = oversleptMs;
    this.#lookNs = lookNs;
  }

  readonly nowNs = (): number => {
    this.atNs += this.#lookNs;
    return this.atNs;
  };

  readonly pause = async (ms: number): Promise<void> => {
    this.atNs += (ms + this.#oversleptMs) * 1e6;
  };
}

function batchOf(copies: number, firstSeq = 0): CopyBatch {
  const batch = new CopyBatch(3);
  for (let i = 0; i < copies; i += 1) {
    batch.add({ body: Buffer.alloc(0), token: i } as never, 1, firstSeq + i, true);
  }
  return batch;
}

function workOf(work: MessageWork | undefined, workMs = 0, timer = new SlowTimer(0)): ConsumerWork {
  const spec: WorkSpec = { work, workMs, loadSeed: 9 };
  return new ConsumerWork(spec, timer, timer.pause);
}

const constant = (ms: number): MessageWork => ({ by: 'waiting', time: { kind: 'constant', ms } });

describe('the work of a consumer', () => {
  it('leaves a batch whole where messages have no time of their own', () => {
    const batch = batchOf(5);
    expect([...workOf(undefined, 3).partsOf(batch)]).toEqual([{ batch, ns: 0 }]);
  });

  it('takes messages one by one, and those together that are done within a millisecond', () => {
    const parts = (ms: number, copies: number) =>
      [...workOf(constant(ms)).partsOf(batchOf(copies))].map(({ batch, ns }) => [batch.seqs, ns]);
    expect(parts(2, 3)).toEqual([
      [[0], 2e6],
      [[1], 2e6],
      [[2], 2e6],
    ]);
    expect(parts(0.5, 5)).toEqual([
      [[0, 1], 1e6],
      [[2, 3], 1e6],
      [[4], 0.5e6],
    ]);
  });

  it('splits nothing off and loses nothing, whatever the times', () => {
    const work = workOf({ by: 'waiting', time: { kind: 'exponential', meanMs: 0.4 } });
    const parts = [...work.partsOf(batchOf(400))];
    expect(parts.flatMap(({ batch }) => batch.seqs)).toEqual(
      Array.from({ length: 400 }, (_, i) => i),
    );
    expect(parts.every(({ batch }) => batch.session === 3)).toBe(true);
    const whole = work.wholeOf(batchOf(400)).ns;
    expect(parts.reduce((sum, { ns }) => sum + ns, 0)).toBeCloseTo(whole, 0);
  });

  it.each<[MessageWork['time'], number, number]>([
    [{ kind: 'constant', ms: 2 }, 2, 0],
    [{ kind: 'exponential', meanMs: 2 }, 2, 2],
    [{ kind: 'uniform', leastMs: 1, mostMs: 3 }, 2, 2 / Math.sqrt(12)],
  ])('has the mean and the spread that it was given: %j', (time, meanMs, spreadMs) => {
    const work = workOf({ by: 'busy', time });
    const times = Array.from(
      { length: 20_000 },
      (_, seq) => work.wholeOf(batchOf(1, seq)).ns / 1e6,
    );
    const mean = times.reduce((sum, one) => sum + one, 0) / times.length;
    const spread = Math.sqrt(times.reduce((sum, one) => sum + (one - mean) ** 2, 0) / times.length);
    expect(Math.abs(mean - meanMs)).toBeLessThanOrEqual((5 * spreadMs) / Math.sqrt(times.length));
    expect(Math.abs(spread - spreadMs)).toBeLessThan(0.1);
  });

  it('of a copy that comes again takes as long as it did', () => {
    const time = { kind: 'exponential', meanMs: 5 } as const;
    const first = workOf({ by: 'waiting', time }).wholeOf(batchOf(1, 7)).ns;
    expect(workOf({ by: 'waiting', time }).wholeOf(batchOf(1, 7)).ns).toBe(first);
    expect(workOf({ by: 'waiting', time }).wholeOf(batchOf(1, 8)).ns).not.toBe(first);
  });

  it('is nothing for what is no message of the cell', () => {
    const batch = new CopyBatch(0);
    batch.add({ body: Buffer.alloc(0), token: 0 } as never, 0xffff_ffff, 0, false);
    expect(workOf(constant(50)).wholeOf(batch).ns).toBe(0);
  });

  it('that waits makes up for what its timer overslept: on average the time is kept', async () => {
    const timer = new SlowTimer(0.4);
    const work = workOf(constant(1), 0, timer);
    work.idled();
    const startNs = timer.atNs;
    for (const part of work.partsOf(batchOf(100))) await work.on(part);
    expect((timer.atNs - startNs) / 1e6).toBeCloseTo(100.4, 0);
  });

  it('does not make up for time in which nothing was there to work on', async () => {
    const timer = new SlowTimer(0);
    const work = workOf(constant(3), 0, timer);
    work.idled();
    timer.atNs += 50e6;
    work.idled();
    const startNs = timer.atNs;
    for (const part of work.partsOf(batchOf(4))) await work.on(part);
    expect(timer.atNs - startNs).toBe(12e6);
  });

  it('that needs the CPU looks at the clock until its time is over, and never sleeps', async () => {
    const timer = new SlowTimer(1_000, 1_000);
    const work = workOf({ by: 'busy', time: { kind: 'constant', ms: 2 } }, 0, timer);
    const startNs = timer.atNs;
    for (const part of work.partsOf(batchOf(3))) await work.on(part);
    expect(timer.atNs - startNs).toBeGreaterThanOrEqual(6e6);
    expect(timer.atNs - startNs).toBeLessThan(7e6);
  });

  it('of the batch comes once, whatever its messages take', async () => {
    const timer = new SlowTimer(0);
    await workOf(undefined, 20, timer).begin();
    expect(timer.atNs).toBe(1e9 + 20e6);
  });
});
