import { mkdirSync, rmSync } from 'node:fs';
import type { Engine } from '../../engines/engine.ts';
import { checkEngineShape } from '../../engines/engine-shape.ts';
import { AckmarkError, describeError, toErrorRecord, typedBy } from '../core/errors.ts';
import type { Threshold } from '../core/threshold.ts';
import { gate, type FailOn } from '../gate/gate.ts';
import { judgeThresholds } from '../gate/thresholds/judge.ts';
import { prepareRecorders } from '../measure/latency-recorder.ts';
import type { Cell } from '../plan/cell.ts';
import { pointLatest, writeRecord } from '../record/run-directory.ts';
import { type CellRecord, type RunRecord, schemaVersion } from '../record/schema.ts';
import { identityOf } from './cell-identity.ts';
import { controlOutcomes } from './controls.ts';
import type { RunEnvironment } from './environment.ts';
import { runCell } from './run-cell.ts';
import { batches } from './schedule.ts';
import { createTargetPool, type TargetPool } from './target-pool.ts';

export interface RunPlan {
  readonly cells: readonly Cell[];
  readonly failOn: readonly FailOn[];
  readonly thresholds: readonly Threshold[];
  /** The parts of the record that the caller knows. */
  readonly heading: Pick<
    RunRecord,
    'ackmark' | 'id' | 'seed' | 'command' | 'startedAt' | 'host' | 'configuration' | 'selftest'
  >;
}

/**
 * Runs the plan and returns its record, which is also on disk after every cell: an interrupted or broken
 * run keeps what it had. Never throws for what happens inside a cell.
 */
export async function execute(plan: RunPlan, environment: RunEnvironment): Promise<RunRecord> {
  await prepareRecorders();
  mkdirSync(environment.scratch, { recursive: true });
  const supported = plan.cells.filter((cell) => cell.support.is === 'supported');
  environment.progress.planned(supported.length, plan.cells.length - supported.length);
  const records = new Map<number, CellRecord>();
  for (const cell of plan.cells) {
    if (cell.support.is === 'unsupported') {
      const { reason } = cell.support;
      records.set(cell.index, { status: 'unsupported', ...identityOf(cell), reason });
    }
  }
  const save = (): RunRecord => {
    const record = recordOf(plan, environment, [...records.values()]);
    writeRecord(environment.directory, record);
    return record;
  };
  const pool = createTargetPool(environment);
  try {
    const order = batches(supported);
    for (const [position, batch] of order.entries()) {
      if (environment.signal.aborted) break;
      const done = await Promise.all(batch.map((cell) => attempt(cell, pool, environment)));
      for (const record of done) records.set(record.index, record);
      save();
      const ahead = order.slice(position + 1).flat();
      await pool.retire(ahead.map((cell) => cell.engine));
    }
  } finally {
    await pool.close();
    rmSync(environment.scratch, { recursive: true, force: true });
  }
  const record = save();
  // A run that met nothing but errors would replace the one that there is something to say about.
  if (record.cells.some(({ status }) => status === 'judged')) pointLatest(environment.directory);
  else environment.progress.note('no cell was judged: `latest` stays as it was');
  return record;
}

async function attempt(
  cell: Cell,
  pool: TargetPool,
  environment: RunEnvironment,
): Promise<CellRecord> {
  const { progress } = environment;
  progress.started(cell.id);
  try {
    const engine = await engineOf(cell);
    const live = await pool.acquire(cell.engine, engine);
    let state: 'healthy' | 'suspect' = 'suspect';
    try {
      const record = await runCell(cell, engine, live, environment);
      state = 'healthy';
      progress.ended(cell.id, record.verdict);
      return record;
    } finally {
      await pool.release(cell.engine, live, state);
    }
  } catch (error) {
    const seen = environment.signal.aborted
      ? new AckmarkError('INTERRUPTED', 'interrupted while this cell ran', {
          hint: `Run it again: ${cell.replay}`,
        })
      : error;
    progress.ended(cell.id, `error: ${describeError(seen)}`);
    const record = toErrorRecord(seen);
    const hint = typedBy(environment.program, record.hint);
    return { status: 'error', ...identityOf(cell), error: { ...record, hint } };
  }
}

async function engineOf(cell: Cell): Promise<Engine> {
  const module: unknown = await import(cell.engine.module);
  return checkEngineShape(module, cell.engine.module);
}

function recordOf(
  plan: RunPlan,
  environment: RunEnvironment,
  cells: readonly CellRecord[],
): RunRecord {
  const ordered = cells.toSorted((a, b) => a.index - b.index);
  const interrupted = environment.signal.aborted;
  const thresholds = judgeThresholds(plan.thresholds, ordered);
  const { exitCode, reason } = gate({
    cells: ordered,
    interrupted,
    failOn: plan.failOn,
    thresholds,
  });
  return {
    schemaVersion,
    ...plan.heading,
    tookNs: environment.clock.nowNs(),
    interrupted,
    outcome: { exitCode, reason },
    cells: ordered,
    cellsPlanned: plan.cells.length,
    controls: [...controlOutcomes(plan.cells, ordered)],
    thresholds: [...thresholds],
  };
}
