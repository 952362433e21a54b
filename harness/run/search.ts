import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Threshold } from '../core/threshold.ts';
import { prepareRecorders } from '../measure/latency-recorder.ts';
import type { Cell } from '../plan/cell.ts';
import { pointLatest, writeRecord } from '../record/run-directory.ts';
import { type CellRecord, type RunRecord, schemaVersion } from '../record/schema.ts';
import type { SearchPoint, SearchRecord, SearchResult } from '../record/search-schema.ts';
import { judgePoint } from '../search/judge-point.ts';
import { knownSoFar, nextStep, type Step } from '../search/next-step.ts';
import type { SearchSettings } from '../search/search-settings.ts';
import type { MeasuredPoint } from '../search/standing-of-rate.ts';
import { attempt } from './attempt.ts';
import type { RunEnvironment } from './environment.ts';
import type { RunPlan } from './execute.ts';
import { bothOutcomes, searchOutcome } from './search-outcome.ts';
import { createTargetPool, type TargetPool } from './target-pool.ts';

/** One profile whose capacity is looked for. */
export interface SearchTarget {
  /** `engine@profile`. */
  readonly profile: string;
  readonly scenario: string;
  readonly objectives: readonly Threshold[];
  readonly settings: SearchSettings;
  readonly pointSeconds: number;
  /** After that no further run of this profile begins. */
  readonly maximumMs: number;
  /** The cell at a rate: the `round`-th there, the `index`-th of the run. */
  readonly cellAt: (ratePerSecond: number, round: number, index: number) => Cell;
}

export interface SearchPlan {
  readonly targets: readonly SearchTarget[];
  readonly heading: RunPlan['heading'];
  /** What the same run did before it searched; its cells and its outcome stay part of the record. */
  readonly before: RunRecord | undefined;
}

interface Sought {
  readonly target: SearchTarget;
  readonly points: SearchPoint[];
  readonly measured: MeasuredPoint[];
  result: SearchResult;
  curve: SearchRecord['curve'];
}

/**
 * Looks for the capacity of one profile after another. The record is on disk after every run, so that an
 * interrupted search keeps what it knows.
 */
export async function executeSearch(
  plan: SearchPlan,
  environment: RunEnvironment,
): Promise<RunRecord> {
  await prepareRecorders();
  mkdirSync(environment.scratch, { recursive: true });
  const cells: CellRecord[] = [];
  const all: Sought[] = [];
  const save = (): RunRecord => {
    const record = recordOf(plan, environment, cells, all);
    writeRecord(environment.directory, record);
    return record;
  };
  const pool = createTargetPool(environment);
  try {
    for (const target of plan.targets) {
      if (environment.signal.aborted) break;
      const sought: Sought = {
        target,
        points: [],
        measured: [],
        result: knownSoFar(target.settings, [], 'interrupted'),
        curve: 'none',
      };
      all.push(sought);
      await search(sought, cells, plan.before?.cellsPlanned ?? 0, pool, environment, save);
      await pool.retire([]);
    }
  } finally {
    await pool.close();
    rmSync(environment.scratch, { recursive: true, force: true });
  }
  const record = save();
  if (record.cells.some(({ status }) => status === 'judged')) pointLatest(environment.directory);
  else environment.progress.note('no cell was judged: `latest` stays as it was');
  return record;
}

async function search(
  sought: Sought,
  cells: CellRecord[],
  firstIndex: number,
  pool: TargetPool,
  environment: RunEnvironment,
  save: () => void,
): Promise<void> {
  const { target, points, measured } = sought;
  const endNs = environment.clock.nowNs() + target.maximumMs * 1e6;
  for (;;) {
    const step = nextStep(target.settings, measured);
    const isLate = environment.clock.nowNs() > endNs;
    if (step.is === 'end' || isLate || environment.signal.aborted) {
      conclude(sought, step, isLate ? 'time' : 'interrupted');
      return;
    }
    environment.progress.planned(points.length + 1, 0);
    const { ratePerSecond, purpose } = step;
    const round = 1 + points.filter((point) => point.ratePerSecond === ratePerSecond).length;
    const cell = target.cellAt(ratePerSecond, round, firstIndex + cells.length);
    const record = await attempt(cell, pool, environment);
    if (environment.signal.aborted && record.status === 'error') continue;
    const judged = judgePoint(record, target.objectives);
    cells.push(withoutHistory(record, environment, judged.isProof));
    const reason = judged.reasons[0]?.text ?? '';
    measured.push({ ...step, outcome: judged.outcome, isProof: judged.isProof, reason });
    points.push({
      cell: record.id,
      purpose,
      ratePerSecond,
      outcome: judged.outcome,
      reasons: [...judged.reasons],
      limit: record.status === 'judged' ? record.limit : null,
      figures: judged.figures,
      replay: record.replay,
    });
    environment.progress.note(`${purpose} at ${ratePerSecond}/s: ${judged.outcome} ${reason}`);
    conclude(sought, nextStep(target.settings, measured), 'interrupted');
    save();
  }
}

/** The result as it would stand if the search ended here. */
function conclude(sought: Sought, step: Step, because: 'time' | 'interrupted'): void {
  const { settings } = sought.target;
  if (step.is === 'end') {
    sought.result = step.result;
    const isDrawn = step.result.is === 'found' || step.result.is === 'at-least';
    const isAsked = isDrawn && settings.curveShares.length > 0;
    sought.curve = !isAsked ? 'none' : step.isCurveWhole ? 'whole' : 'cut';
    return;
  }
  sought.result = knownSoFar(settings, sought.measured, because);
  sought.curve = step.purpose === 'curve' ? 'cut' : 'none';
}

/** Of dozens of runs only those that prove something are worth their disk. */
function withoutHistory(
  record: CellRecord,
  environment: RunEnvironment,
  isProof: boolean,
): CellRecord {
  if (record.status !== 'judged' || isProof || record.history.directory === '') return record;
  rmSync(join(environment.directory, record.history.directory), { recursive: true, force: true });
  const history = {
    ...record.history,
    eventsKept: 0,
    bytesKept: 0,
    directory: '',
    complete: false,
  };
  return { ...record, history };
}

function recordOf(
  plan: SearchPlan,
  environment: RunEnvironment,
  cells: readonly CellRecord[],
  all: readonly Sought[],
): RunRecord {
  const searches = all.map(searchRecordOf);
  const interrupted = environment.signal.aborted;
  const outcome = searchOutcome(cells, searches, interrupted);
  const { before } = plan;
  return {
    schemaVersion,
    ...plan.heading,
    tookNs: environment.clock.nowNs(),
    interrupted,
    outcome: before === undefined ? outcome : bothOutcomes(before.outcome, outcome),
    cells: [...(before?.cells ?? []), ...cells],
    cellsPlanned: (before?.cellsPlanned ?? 0) + cells.length,
    controls: before?.controls ?? [],
    thresholds: before?.thresholds ?? [],
    textbook: before?.textbook ?? [],
    fidelity: [],
    searches,
  };
}

function searchRecordOf({ target, points, result, curve }: Sought): SearchRecord {
  return {
    profile: target.profile,
    scenario: target.scenario,
    objectives: target.objectives.map(({ text }) => text),
    limits: latencyLimits(target.objectives),
    pointSeconds: target.pointSeconds,
    tolerance: target.settings.tolerance,
    confirmations: target.settings.confirmations,
    result,
    curve,
    points: [...points],
  };
}

/** Of the objectives, those that are limits on a latency: a chart can draw them. */
function latencyLimits(objectives: readonly Threshold[]): SearchRecord['limits'] {
  return objectives.flatMap(({ text, metric, limit }) =>
    metric.of === 'latency'
      ? [{ text, stage: metric.stage, percentile: metric.percentile, limitNs: limit }]
      : [],
  );
}
