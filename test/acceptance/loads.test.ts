import { beforeAll, describe, expect, it } from 'vitest';
import { cellOf, type FinishedRun, runInProcess } from './run-in-process.ts';

/** As it is typed; no value has a blank in it. */
const runOf = (line: string): Promise<FinishedRun> => runInProcess(...line.split(' '));

describe('an uneven load of several producers and consumers', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await runOf(
      '--engine log@idempotent,queue@fifo --scenario steady --quiet --rate 4k/s --messages 12k ' +
        '--arrivals poisson --payload weighted:100=9,8k=1 --keys 300 --skew zipf:1.2 ' +
        '--producers 3 --consumers 2 --partitions 6 --work exponential:50us',
    );
  }, 300_000);

  it.each(['log@idempotent', 'queue@fifo'])('is judged as any other, and kept by %s', (profile) => {
    const cell = cellOf(run, `${profile}/steady`);
    expect(cell.verdict, run.story).toBe('pass');
    expect(cell.counts).toMatchObject({ sent: 12_000, distinctDelivered: 12_000 });
    const order = cell.clauses.find(({ check }) => check === 'O2');
    expect(order).toMatchObject({ state: 'kept', count: 0 });
    expect(order?.exposure).toBeGreaterThan(1_000);
    expect(cell.lanes.map(({ count }) => count)).toEqual([300, 300, 300]);
  });

  it('does not hide what is planted: a loss, a copy after its settlement, two messages swapped', () => {
    expect(run.record.controls.length).toBeGreaterThan(0);
    for (const control of run.record.controls) {
      expect(control.outcome, `${control.engine} ${control.control}\n${run.story}`).toBe('shown');
    }
  });

  it('stands in the record and in the command that repeats the cell', () => {
    const cell = cellOf(run, 'log@idempotent/steady');
    expect(cell.load).toMatchObject({
      arrivals: 'poisson',
      rate: '4000/s',
      payload: 'weighted:100=9,8000=1 B',
      keys: '300 zipf:1.2',
      work: 'waiting exponential:0.05 ms a message',
      producers: '3',
      consumers: '2',
      partitions: '6',
    });
    expect(cell.replay).toContain('--skew zipf:1.2 --work exponential:50us --producers 3');
  });
});

describe('a load of stages', () => {
  it('has figures of its warm-up, of each stage and of its drain, which are those of the whole', async () => {
    const run = await runOf(
      '--engine log@acks-all --scenario steady --quiet --no-controls --warmup 500 ' +
        '--arrivals stages:1k/s@1s,2k..4k/s@1s,500/s@1s',
    );
    const cell = cellOf(run, 'log@acks-all/steady');
    const rows = new Map(
      cell.windows.map((row) => [
        row.of.kind === 'phase' ? row.of.phase : JSON.stringify(row.of),
        row,
      ]),
    );
    expect(
      cell.windows.map(({ of }) => of),
      run.story,
    ).toEqual([
      { kind: 'phase', phase: 'warmup' },
      { kind: 'phase', phase: 'load' },
      { kind: 'phase', phase: 'drain' },
      { kind: 'stage', stage: 0, arrivals: '1000/s@1000ms' },
      { kind: 'stage', stage: 1, arrivals: '2000..4000/s@1000ms' },
      { kind: 'stage', stage: 2, arrivals: '500/s@1000ms' },
    ]);
    const countOf = (of: string) => rows.get(of)?.latencies['end-to-end-response']?.count ?? 0;
    expect(countOf('warmup')).toBe(500);
    const { performance } = cell;
    if (performance.status === 'untimed') throw new Error(performance.reason);
    expect(countOf('load') + countOf('drain')).toBe(performance.figures.endToEndResponse.count);
    const sent = cell.windows.filter(({ of }) => of.kind === 'stage').map((row) => row.sent);
    expect(sent.reduce((sum, messages) => sum + messages, 0)).toBe(cell.counts.sent);
    expect(cell.resources?.pacingMicrosPerMessage).toBeGreaterThan(0);
    expect(cell.resources?.brokers).toHaveLength(1);
    // A stage is told to the actors some milliseconds after it began.
    expect(sent[1]).toBeGreaterThan(sent[0] ?? 0);
    expect(sent[1]).toBeGreaterThan(sent[2] ?? 0);
  }, 300_000);
});

describe('a load that a fault strikes', () => {
  it('has figures of before, during and after it', async () => {
    const run = await runOf('--engine log@acks-all --scenario broker-crash --quiet --no-controls');
    const cell = cellOf(run, 'log@acks-all/broker-crash');
    const [fault] = cell.faults;
    const around = cell.windows.filter(({ of }) => of.kind === 'fault');
    expect(
      around.map(({ of }) => of.kind === 'fault' && of.part),
      run.story,
    ).toEqual(['before', 'during', 'after']);
    const [before, during, after] = around;
    expect(during?.startNs).toBe(fault?.startedNs);
    expect(during?.endNs).toBe(fault?.stoppedNs);
    expect(before?.endNs).toBe(during?.startNs);
    expect(after?.startNs).toBe(during?.endNs);
    const counted = around.reduce((sum, row) => sum + row.acknowledged, 0);
    expect(counted).toBe(cell.counts.acknowledged);
    expect(before?.latencies['publish-response']?.count).toBe(before?.acknowledged);
  }, 300_000);
});

describe('a backlog', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await runOf(
      '--engine log@acks-all,queue@lease,broker@manual-ack --scenario backlog --messages 15k --quiet',
    );
  }, 300_000);

  it.each(['log@acks-all', 'queue@lease', 'broker@manual-ack'])(
    'is there in whole when the consumers of %s come, and is worked off',
    (profile) => {
      const cell = cellOf(run, `${profile}/backlog`);
      expect(cell.verdict, run.story).toBe('pass');
      expect(cell.backlog?.messages).toBeGreaterThanOrEqual(15_000);
      expect(cell.backlog?.ratePerSecond).toBeGreaterThan(0);
      const drainNs = cell.phases.find(({ name }) => name === 'drain')?.startNs ?? 0;
      const early = cell.series.filter(({ second, delivered }) => {
        return delivered > 0 && (second + 1) * 1e9 < drainNs;
      });
      expect(early, 'nobody consumes before').toEqual([]);
    },
  );

  it('shows what is planted in it', () => {
    expect(run.record.controls.length).toBeGreaterThan(0);
    for (const control of run.record.controls) {
      expect(control.outcome, `${control.engine} ${control.control}\n${run.story}`).toBe('shown');
    }
  });
});

describe('a warm-up until the load is steady', () => {
  it('ends by itself or at its bound, and nothing before it is measured', async () => {
    const run = await runOf(
      '--engine log@acks-all --scenario steady --rate 5k/s --messages 15k --warmup steady --no-controls --quiet',
    );
    const cell = cellOf(run, 'log@acks-all/steady');
    expect(cell.verdict, run.story).toBe('pass');
    const { warmUp, performance, phases } = cell;
    if (warmUp === null || performance.status === 'untimed') throw new Error(run.story);
    expect(phases.slice(0, 2).map(({ name }) => name)).toEqual(['warmup', 'load']);
    expect(warmUp.messages).toBeGreaterThan(0);
    expect(warmUp.messages).toBeLessThanOrEqual(15_000);
    const { count } = performance.figures.publishResponse;
    // The producer hears of it at its next batch.
    expect(count).toBeLessThanOrEqual(15_000 - warmUp.messages);
    expect(count).toBeGreaterThan(0);
    if (!warmUp.steady) {
      const reasons = performance.status === 'invalid' ? performance.reasons : [];
      expect(reasons.join()).toContain('not steady after');
    }
  }, 300_000);
});
