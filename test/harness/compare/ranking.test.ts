import { describe, expect, it } from 'vitest';
import { rankingOf } from '../../../harness/compare/ranking.ts';
import { ranking } from '../../../harness/record/ranking-schema.ts';
import { runOf } from '../../reports/fixtures/run.ts';
import type { CellRecord } from '../../../harness/record/schema.ts';
import { judged } from '../../reports/fixtures/cell.ts';
import { defaultProfiles } from '../../reports/fixtures/profiles.ts';
import { defaultScenarios } from '../../reports/fixtures/scenarios.ts';
import { type FiguresOf, timedRounds } from './timed-run.ts';

const threshold = { alpha: 0.05, minimumEffect: 0.05 };

const p99 =
  (ms: number): FiguresOf =>
  (figures, round) => ({
    endToEndResponse: { ...figures.endToEndResponse, p99Ns: (ms + round / 100) * 1e6 },
  });

describe('profiles side by side', () => {
  it('are ranked within one level by what was asked for, and share a rank where nothing tells them apart', () => {
    const record = runOf([
      ...timedRounds(5, p99(8), 'acks-all'),
      ...timedRounds(5, p99(4), 'idempotent'),
      ...timedRounds(5, p99(4.01), 'lease'),
    ]);
    const { tables, notRanked } = rankingOf(record, 'e2e-p99', threshold);
    expect(notRanked).toEqual([]);
    expect(tables.flatMap(({ rows }) => rows.map(({ profile, rank }) => [profile, rank]))).toEqual([
      ['log@idempotent', 1],
      ['queue@lease', 1],
      ['log@acks-all', 3],
    ]);
  });

  it('with fewer than four valid rounds have no rank and leave those of the others as they are', () => {
    const lucky = [
      ...timedRounds(2, p99(1), 'acks-all'),
      ...timedRounds(3, p99(1), 'acks-all', { invalid: ['the generator was late'] }),
    ];
    const others = [...timedRounds(5, p99(2), 'idempotent'), ...timedRounds(5, p99(200), 'lease')];
    const { tables } = rankingOf(runOf([...lucky, ...others]), 'e2e-p99', threshold);
    const rows = tables.flatMap((table) => table.rows);
    expect(rows.map(({ profile, rank, reason }) => [profile, rank, reason])).toEqual([
      ['log@idempotent', 1, ''],
      ['queue@lease', 2, ''],
      ['log@acks-all', null, '2 of 5 rounds valid: 4 are needed for a rank'],
    ]);
    expect(rows[2]?.figures['e2e-p99']?.rounds).toBe(2);
  });

  it('have no rank by a figure of which no round has more than zero', () => {
    const idle = timedRounds(5, () => ({ brokerCpuMicrosPerMessage: 0 }), 'idempotent');
    const { tables } = rankingOf(runOf(idle), 'broker-cpu', threshold);
    expect(tables[0]?.rows.map(({ rank, reason }) => [rank, reason])).toEqual([
      [null, 'broker-cpu was measured in 0 of 5 valid rounds: 4 are needed for a rank'],
    ]);
  });

  it('stand in a table for each level, the weaker first', () => {
    const record = runOf([
      ...timedRounds(5, p99(8), 'acks-all'),
      ...timedRounds(5, p99(1), 'acks-0'),
    ]);
    const { tables } = rankingOf(record, 'e2e-p99', threshold);
    expect(tables.map(({ level, rows }) => [level, rows.length])).toEqual([
      ['at-most-once', 1],
      ['at-least-once', 1],
    ]);
  });

  it('have no rank when a claim is broken, no round is valid or the figure is not measured', () => {
    const broken = { seen: [{ check: 'D1', count: 1, witnesses: [] }] } as const;
    const record = runOf([
      ...timedRounds(4, p99(1), 'acks-1', broken),
      ...timedRounds(4, p99(1), 'acks-all', { invalid: ['the generator was late'] }),
      ...timedRounds(4, p99(1), 'acks-0'),
    ]);
    const { tables, notRanked } = rankingOf(record, 'publish-p99', threshold);
    expect(tables).toEqual([]);
    expect(notRanked.map(({ profile, reasons }) => [profile, reasons[0]])).toEqual([
      ['log@acks-1', expect.stringContaining('claim broken: D1')],
      ['log@acks-all', 'the generator was late'],
      ['log@acks-0', expect.stringContaining('publish-p99 is not measured')],
    ]);
  });

  it('have none when the client was saturated, which is told apart from a late generator', () => {
    const limited = timedRounds(4, p99(1), 'acks-1').map((cell) => saturated(cell));
    const late = timedRounds(4, p99(1), 'acks-all', { invalid: ['the generator was late'] });
    const { tables, notRanked } = rankingOf(runOf([...limited, ...late]), 'e2e-p99', threshold);
    expect(tables).toEqual([]);
    expect(notRanked.map(({ profile, why, rounds }) => [profile, why, rounds])).toEqual([
      ['log@acks-1', 'driver-limited', { valid: 0, run: 4 }],
      ['log@acks-all', 'invalid', { valid: 0, run: 4 }],
    ]);
  });

  it('have none when nobody of their level survives the same, and say what they survive', () => {
    const record = runOf([
      ...timedRounds(4, p99(1), 'acks-1'),
      ...timedRounds(4, p99(2), 'acks-all'),
      ...timedRounds(4, p99(3), 'lease'),
      ...['acks-all', 'lease'].flatMap((name) => crashed(name)),
    ]);
    const { tables, notRanked } = rankingOf(record, 'e2e-p99', threshold);
    expect(tables.map(({ survives, rows }) => [survives, rows.map((row) => row.profile)])).toEqual([
      [['process-crash'], ['log@acks-all', 'queue@lease']],
    ]);
    expect(notRanked.map(({ profile, why, reasons }) => [profile, why, reasons[0]])).toEqual([
      [
        'log@acks-1',
        'unlike-durability',
        'no fault of the broker in this run is claimed to be survived, unlike log@acks-all, queue@lease',
      ],
    ]);
    expect(notRanked[0]?.figures['e2e-p99']?.rounds).toBe(4);
  });

  it('say what the next level costs, engine by engine, with an interval where the rounds suffice', () => {
    const { steps } = rankingOf(
      runOf([
        ...timedRounds(5, p99(2), 'acks-0'),
        ...timedRounds(5, p99(4), 'acks-1'),
        ...timedRounds(5, p99(6), 'acks-all'),
        ...timedRounds(5, p99(9), 'lease'),
      ]),
      'e2e-p99',
      threshold,
    );
    expect(steps.map(({ from, to, levels }) => [from, to, levels.from, levels.to])).toEqual([
      ['log@acks-0', 'log@acks-1', 'at-most-once', 'at-least-once'],
      ['log@acks-0', 'log@acks-all', 'at-most-once', 'at-least-once'],
    ]);
    const factor = steps[0]?.factors['e2e-p99'];
    expect(factor?.factor).toBeCloseTo(2, 1);
    expect(factor?.low).toBeLessThan(2.05);
    expect(factor?.high).toBeGreaterThan(1.95);
    expect(steps[0]?.factors['publish-p99']).toBeUndefined();
  });

  it('is a document of its schema', () => {
    const found = rankingOf(runOf(timedRounds(5, p99(1))), 'client-cpu', threshold);
    expect(ranking.parse(structuredClone(found))).toEqual(found);
  });
});

/** The round, had its client had no core left. */
function saturated(cell: CellRecord): CellRecord {
  if (cell.status !== 'judged' || cell.performance.status !== 'valid') return cell;
  const figures = { ...cell.performance.figures, clientBusyShare: 0.97 };
  return {
    ...cell,
    performance: {
      status: 'invalid',
      reasons: ['driver-limited: …'],
      middleStands: false,
      figures,
    },
  };
}

/** A crash of the broker that the profile claims to survive and did. */
function crashed(profileName: string): readonly CellRecord[] {
  const profile = defaultProfiles.find((one) => one.profile === profileName);
  const scenario = defaultScenarios.find(({ under }) => under === 'process-crash');
  if (profile === undefined || scenario === undefined) throw new Error('a fixture is missing');
  return [judged({ profile, scenario, index: 90 })];
}
