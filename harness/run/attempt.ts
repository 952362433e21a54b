import type { Engine } from '../../engines/engine.ts';
import { checkEngineShape } from '../../engines/engine-shape.ts';
import { AckmarkError, describeError, toErrorRecord, typedBy } from '../core/errors.ts';
import type { Cell } from '../plan/cell.ts';
import type { CellRecord } from '../record/schema.ts';
import { identityOf } from './cell-identity.ts';
import { environmentFaultOf } from './environment-fault.ts';
import type { RunEnvironment } from './environment.ts';
import { runCell } from './run-cell.ts';
import type { TargetPool } from './target-pool.ts';

/** One cell on a target of the pool. Whatever goes wrong inside it is in its record. */
export async function attempt(
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
      if ((await environmentFaultOf(live)) === undefined) state = 'healthy';
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
    if (seen instanceof AckmarkError && seen.code === 'UNSUITABLE_MACHINE') {
      const reason = `${describeError(seen)} ${seen.hint}`;
      progress.ended(cell.id, `unsupported: ${reason}`);
      return { status: 'unsupported', ...identityOf(cell), reason };
    }
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
