import { mkdirSync, rmSync } from 'node:fs';
import type { Sentence } from '../../scenarios/textbook/sentence.ts';
import type { Threshold } from '../core/threshold.ts';
import { gate, type FailOn } from '../gate/gate.ts';
import { judgeThresholds } from '../gate/thresholds/judge.ts';
import { prepareRecorders } from '../measure/latency-recorder.ts';
import type { Cell } from '../plan/cell.ts';
import { pointLatest, writeRecord } from '../record/run-directory.ts';
import { type CellRecord, type RunRecord, schemaVersion } from '../record/schema.ts';
import { judgeTextbook } from '../textbook/judge-sentence.ts';
import { textbookOf } from '../textbook/textbook.ts';
import { attempt } from './attempt.ts';
import { identityOf } from './cell-identity.ts';
import { controlOutcomes } from './controls.ts';
import type { RunEnvironment } from './environment.ts';
import { inOrder, playAll } from './schedule.ts';
import { createTargetPool } from './target-pool.ts';

export interface RunPlan {
  readonly cells: readonly Cell[];
  readonly failOn: readonly FailOn[];
  readonly thresholds: readonly Threshold[];
  readonly sentences: readonly Sentence[];
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
    await playAll(inOrder(supported), environment.signal, async (cell, ahead) => {
      records.set(cell.index, await attempt(cell, pool, environment));
      save();
      await pool.retire(ahead().map(({ engine }) => engine));
    });
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
    planned: plan.cells.length,
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
    searches: [],
    textbook: [...judgeTextbook(textbookOf(plan.sentences), ordered)],
    fidelity: [],
  };
}
