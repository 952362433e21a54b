import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Threshold } from '../../../../harness/core/threshold.ts';
import { judgeThresholds } from '../../../../harness/gate/thresholds/judge.ts';
import { parseThreshold } from '../../../../harness/gate/thresholds/parse.ts';
import { type CellRecord, type JudgedCell, secondRow } from '../../../../harness/record/schema.ts';
import { thresholdRecord } from '../../../../harness/record/threshold-schema.ts';
import { identity, judged } from '../../../reports/fixtures/cell.ts';
import { defaultProfiles } from '../../../reports/fixtures/profiles.ts';
import { defaultScenarios } from '../../../reports/fixtures/scenarios.ts';
import { timedRounds } from '../../compare/timed-run.ts';

function threshold(text: string, scenario?: string): Threshold {
  const parsed = parseThreshold(text, scenario);
  if (parsed.is === 'mistake') throw new Error(parsed.what);
  return parsed.threshold;
}

function verdicts(text: string, cells: readonly CellRecord[], scenario?: string) {
  const records = judgeThresholds([threshold(text, scenario)], cells);
  for (const record of records) expect(thresholdRecord.parse(record)).toEqual(record);
  return records;
}

const rates = (...rates: readonly number[]) =>
  timedRounds(rates.length, (_, round) => ({ achievedRatePerSecond: rates[round] ?? 0 }));

function crashed(changes: Partial<JudgedCell>): JudgedCell {
  const [, profile] = defaultProfiles;
  const scenario = defaultScenarios.find(({ id }) => id === 'broker-crash');
  if (profile === undefined || scenario === undefined) throw new Error('a fixture is missing');
  return { ...judged({ profile, scenario, index: 3 }), ...changes };
}

describe('a threshold', () => {
  it.each([
    ['e2e.response.p99 < 20ms', 20e6],
    ['client-blocked.max<=1.5s', 1.5e9],
    ['publish.service.p999 < 800us', 8e5],
    ['throughput >= 4k/s', 4_000],
    ['cpu.broker < 8us', 8],
    ['D1 == 0', 0],
    ['D4.rate < 1%', 0.01],
    ['fault[0].recovery < 10s', 10e9],
  ])('is read from %j in the unit of its metric', (text, limit) => {
    expect(threshold(text).limit).toBeCloseTo(limit, 9);
    expect(threshold(text).text).toBe(text);
  });

  it.each([
    ['e2e.response.p99', 'is no comparison'],
    ['e2e.response.p98 < 20ms', 'did you mean'],
    ['e2e.response.p99 < 20', 'write it as 20ms'],
    ['throughput > 20ms', 'write it as 4k/s'],
    ['D1 == few', 'write it as 0'],
    ['D99 == 0', 'no metric is called "D99"'],
    ['D1 => 0', 'is no comparison'],
    ['D1 == -1', 'is no limit'],
    ['D1 == 0toString', 'is no limit'],
  ])('is refused as %j, with what is wrong', (text, what) => {
    expect(parseThreshold(text, undefined)).toMatchObject({
      is: 'mistake',
      what: expect.stringContaining(what),
    });
  });

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(['threshold', 'mistake']).toContain(parseThreshold(text, undefined).is);
      }),
    );
  });

  it('holds for the median over the rounds', () => {
    expect(verdicts('throughput >= 4k/s', rates(3_000, 4_500, 5_000))).toMatchObject([
      { cell: 'log@acks-1/steady', value: 4_500, isMet: true, reason: '' },
    ]);
    expect(verdicts('throughput >= 4k/s', rates(3_000, 3_500, 5_000))[0]?.isMet).toBe(false);
  });

  it.each([
    ['throughput < 5/s', true],
    ['throughput <= 4/s', true],
    ['throughput < 4/s', false],
    ['throughput > 4/s', false],
    ['throughput >= 4/s', true],
    ['throughput == 4/s', true],
    ['throughput != 4/s', false],
  ])('compares as written: 4/s, %j', (text, isMet) => {
    expect(verdicts(text, rates(4))[0]?.isMet).toBe(isMet);
  });

  it('is missed where there is no figure, and says why', () => {
    const invalid = timedRounds(2, () => ({}), 'acks-1', { invalid: ['the generator was late'] });
    expect(verdicts('throughput > 1/s', invalid)).toMatchObject([
      { value: null, isMet: false, reason: 'the generator was late' },
    ]);
    const unanswered = timedRounds(1, () => ({}), 'acks-0');
    expect(verdicts('publish.response.p99 < 1s', unanswered)[0]?.reason).toContain('not give it');
    expect(verdicts('throughput > 1/s', [crashed({})])).toMatchObject([
      { cell: '', isMet: false, reason: expect.stringContaining('no cell') },
    ]);
    expect(verdicts('throughput > 1/s', [crashed({})], 'broker-crash')).toMatchObject([
      { cell: 'log@acks-1/broker-crash', isMet: false, reason: expect.stringContaining('share') },
    ]);
  });

  it('counts anomalies over all rounds, and decides nothing about an undecided one', () => {
    const clean = crashed({});
    const [clause] = clean.clauses;
    if (clause === undefined) throw new Error('a fixture is missing');
    const seen = crashed({ clauses: [{ ...clause, count: 2, exposure: 100 }] });
    expect(verdicts(`${clause.check} == 0`, [clean])[0]).toMatchObject({ value: 0, isMet: true });
    expect(verdicts(`${clause.check} == 0`, [seen, seen])[0]).toMatchObject({
      value: 4,
      isMet: false,
    });
    expect(verdicts(`${clause.check}.rate <= 2%`, [seen, seen])[0]?.isMet).toBe(true);
    const open = crashed({ clauses: [{ ...clause, state: 'undecided', reason: 'too little' }] });
    expect(verdicts(`${clause.check} == 0`, [clean, open])[0]).toMatchObject({
      value: null,
      isMet: false,
      reason: expect.stringContaining('too little'),
    });
    expect(verdicts('T5 == 0', [clean])[0]?.reason).toBe('T5 was not judged');
    const unproved = crashed({ verdict: 'inconclusive' });
    expect(verdicts(`${clause.check} == 0`, [unproved])[0]).toMatchObject({
      value: null,
      isMet: false,
      reason: expect.stringContaining('inconclusive'),
    });
    const idle = crashed({ clauses: [{ ...clause, exposure: 0 }] });
    expect(verdicts(`${clause.check} == 0`, [idle])[0]?.reason).toContain('had no chance');
  });

  it('measures a recovery from the start of the fault to the end of the first good second after it', () => {
    const second = (at: number, acknowledged: number) =>
      secondRow.parse({
        second: at,
        sent: 1_000,
        acknowledged,
        delivered: 0,
        inFlight: 0,
        backlog: 0,
        publishP50Ns: 0,
        publishP99Ns: 0,
        publishMaxNs: 0,
        endToEndP50Ns: 0,
        endToEndP99Ns: 0,
        endToEndMaxNs: 0,
      });
    const [fault] = crashed({}).faults;
    if (fault === undefined) throw new Error('a fixture is missing');
    const series = [
      second(1, 1_000),
      second(2, 100),
      second(3, 950),
      second(4, 400),
      second(5, 950),
    ];
    const cell = crashed({
      faults: [{ ...fault, startedNs: 2.5e9, stoppedNs: 3.5e9 }],
      series,
      seriesTotal: 5,
    });
    expect(verdicts('fault[0].recovery < 4s', [cell])[0]).toMatchObject({
      value: 3.5e9,
      isMet: true,
    });
    const never = { ...cell, series: series.slice(0, 4), seriesTotal: 4 };
    expect(verdicts('fault[0].recovery < 4s', [never])[0]?.reason).toContain('did not recover');
    const idle = (sent: number, arrived: number) => ({
      ...cell,
      series: [...series.slice(0, 4), ...[5, 6].map((at) => ({ ...second(at, arrived), sent }))],
      seriesTotal: 6,
    });
    for (const [sent, arrived] of [
      [0, 3],
      [0, 0],
      [1, 1],
      [800, 800],
    ] as const) {
      const reason = verdicts('fault[0].recovery < 20s', [idle(sent, arrived)])[0];
      expect(reason, `${sent} sent`).toMatchObject({
        isMet: false,
        reason: expect.stringContaining('did not recover'),
      });
    }
    const early = { ...cell, series: series.slice(1), seriesTotal: 4 };
    expect(verdicts('fault[0].recovery < 20s', [early])[0]?.reason).toContain('before fault[0]');
    const cut = { ...cell, seriesTotal: 9 };
    expect(verdicts('fault[0].recovery < 4s', [cut])[0]?.reason).toContain('5 of 9 seconds');
    const tame = { ...cell, faults: [{ ...fault, bit: false }] };
    expect(verdicts('fault[0].recovery < 4s', [tame])[0]?.reason).toContain('as planned');
    expect(verdicts('fault[1].recovery < 4s', [cell])[0]?.cell).toBe('');
  });

  it('is not met by a cell that failed', () => {
    const [profile] = defaultProfiles;
    const [scenario] = defaultScenarios;
    if (profile === undefined || scenario === undefined) throw new Error('a fixture is missing');
    const error = { code: 'CONNECT_FAILED', message: '', hint: '' };
    const about = identity({ profile, scenario: { ...scenario, kind: 'timed' }, index: 0 });
    const failed: readonly CellRecord[] = [{ status: 'error', ...about, error }];
    expect(verdicts('throughput > 1/s', failed)[0]?.reason).toContain('CONNECT_FAILED');
  });
});
