import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareRuns, plainRequest } from '../../harness/compare/compare-runs.ts';
import type { ComparisonWord, MetricId } from '../../harness/record/comparison-schema.ts';
import type { RunRecord } from '../../harness/record/schema.ts';
import { recordedRun } from './recorded-run.ts';

const engine = fileURLToPath(new URL('./fixed-service/engine.ts', import.meta.url));
const rounds = 5;

export const comparedMetrics = ['client-cpu', 'e2e-p50'] as const satisfies readonly MetricId[];
export type ComparedMetric = (typeof comparedMetrics)[number];

export interface Tried {
  readonly word: ComparisonWord | 'left out';
  /** Head ÷ base; NaN where nothing was compared. */
  readonly factor: number;
}

export interface ComparisonFigures {
  /** Two runs of the same, one after the other. */
  readonly alike: Readonly<Record<ComparedMetric, readonly Tried[]>>;
  /** The same and one whose service takes a tenth more. */
  readonly slower: Readonly<Record<ComparedMetric, readonly Tried[]>>;
  readonly invalidRounds: number;
  readonly roundsRun: number;
}

/**
 * Runs of five real rounds: plain, plain, slower, plain, slower, … Each plain run is compared with the plain one
 * before it, and each slower run with the plain one before it.
 */
export async function measureComparison(
  tries: number,
  told: (line: string) => void,
): Promise<ComparisonFigures> {
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-bench-'));
  try {
    const runs: RunRecord[] = [];
    const alike = emptyTries();
    const slower = emptyTries();
    const run = async (profile: string, seed: number): Promise<RunRecord> => {
      const record = await runOf(profile, seed, directory);
      runs.push(record);
      return record;
    };
    let before = await run('plain', 1);
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const plain = await run('plain', attempt * 2);
      const planted = await run('slower', attempt * 2 + 1);
      addTry(alike, before, plain);
      addTry(slower, plain, renamed(planted));
      told(`  ${attempt} of ${tries}: ${lastOf(alike)} | ${lastOf(slower)}`);
      before = plain;
    }
    const cells = runs.flatMap((record) => record.cells);
    const invalid = cells.filter(
      (cell) => cell.status !== 'judged' || cell.performance.status !== 'valid',
    );
    return { alike, slower, invalidRounds: invalid.length, roundsRun: cells.length };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

type Tries = Record<ComparedMetric, Tried[]>;

function emptyTries(): Tries {
  return { 'client-cpu': [], 'e2e-p50': [] };
}

function addTry(tries: Tries, base: RunRecord, head: RunRecord): void {
  const { rows } = compareRuns(base, head, { ...plainRequest, metrics: comparedMetrics });
  for (const metric of comparedMetrics) {
    const row = rows.find((one) => one.metric === metric);
    tries[metric].push(
      row === undefined
        ? { word: 'left out', factor: Number.NaN }
        : { word: row.word, factor: row.factor },
    );
  }
}

function lastOf(tries: Tries): string {
  return comparedMetrics
    .map((metric) => {
      const last = tries[metric].at(-1);
      return `${metric} ${last?.word} ×${last?.factor.toFixed(3)}`;
    })
    .join(', ');
}

/** The slower profile under the name of the plain one, as a later version of the same would be. */
function renamed(record: RunRecord): RunRecord {
  return { ...record, cells: record.cells.map((cell) => ({ ...cell, profile: 'plain' })) };
}

function runOf(profile: string, seed: number, out: string): Promise<RunRecord> {
  const words = ['--engine', `${engine}@${profile}`, '--scenario', 'steady'];
  const load = ['--rate', '3k/s', '--messages', '11500', '--rounds', `${rounds}`];
  return recordedRun([...words, ...load], seed, out);
}
