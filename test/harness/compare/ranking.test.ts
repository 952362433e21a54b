import { describe, expect, it } from 'vitest';
import { rankingOf } from '../../../harness/compare/ranking.ts';
import { ranking } from '../../../harness/record/ranking-schema.ts';
import { runOf } from '../../reports/fixtures/run.ts';
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

  it('is a document of its schema', () => {
    const found = rankingOf(runOf(timedRounds(5, p99(1))), 'client-cpu', threshold);
    expect(ranking.parse(structuredClone(found))).toEqual(found);
  });
});
