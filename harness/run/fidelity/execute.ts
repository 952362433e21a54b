import { mkdirSync, rmSync } from 'node:fs';
import { AckmarkError, describeError, toErrorRecord, typedBy } from '../../core/errors.ts';
import { fidelityOutcome } from '../../gate/fidelity.ts';
import type { FidelityRecord, TargetRecord } from '../../record/fidelity-schema.ts';
import { pointLatest, writeRecord } from '../../record/run-directory.ts';
import { type RunRecord, schemaVersion } from '../../record/schema.ts';
import type { RunEnvironment } from '../environment.ts';
import { createTargetPool, type TargetPool } from '../target-pool.ts';
import { askTarget } from './ask-target.ts';
import type { AskedEngine, FidelityPlan, PlannedTarget } from './plan.ts';

/**
 * Asks one target after another. The record is on disk after each of them; what becomes of one target says nothing of
 * the others.
 */
export async function executeFidelity(
  plan: FidelityPlan,
  environment: RunEnvironment,
): Promise<RunRecord> {
  mkdirSync(environment.scratch, { recursive: true });
  const records = new Map<AskedEngine, TargetRecord[]>(plan.engines.map((one) => [one, []]));
  const targets = plan.engines.flatMap(({ targets }) => targets);
  const asked = targets.filter(({ is }) => is === 'asked').length;
  environment.progress.planned(asked, targets.length - asked);
  const save = (): RunRecord => {
    const record = recordOf(plan, records, environment);
    writeRecord(environment.directory, record);
    return record;
  };
  const pool = createTargetPool(environment);
  try {
    for (const one of plan.engines) {
      for (const target of one.targets) {
        if (environment.signal.aborted) break;
        records.get(one)?.push(await recordOfTarget(one, target, plan, pool, environment));
        await pool.retire([]);
        save();
      }
    }
  } finally {
    await pool.close();
    rmSync(environment.scratch, { recursive: true, force: true });
  }
  const record = save();
  const isAsked = record.fidelity.some((one) =>
    one.targets.some(({ status }) => status === 'asked'),
  );
  if (isAsked) pointLatest(environment.directory);
  else environment.progress.note('no target was asked: `latest` stays as it was');
  return record;
}

async function recordOfTarget(
  { engine, fidelity }: AskedEngine,
  target: PlannedTarget,
  { day }: FidelityPlan,
  pool: TargetPool,
  environment: RunEnvironment,
): Promise<TargetRecord> {
  if (target.is === 'unsupported') {
    return { status: 'unsupported', name: target.name, reason: target.reason };
  }
  const { planned, replay } = target;
  const name = `${engine.id} on ${target.name}`;
  environment.progress.started(name);
  try {
    const live = await pool.acquire(planned, engine);
    try {
      const answers = await askTarget({ name, fidelity, live, day }, environment);
      const { kind, title } = live.direct;
      environment.progress.ended(name, tally(answers));
      return { status: 'asked', name: target.name, kind, title, answers: [...answers], replay };
    } finally {
      // It was killed and started again: nobody else is handed it.
      await pool.release(planned, live, 'suspect');
    }
  } catch (error) {
    environment.progress.ended(name, `error: ${describeError(error)}`);
    const seen = environment.signal.aborted ? interrupted(replay) : error;
    const { hint, ...record } = toErrorRecord(seen);
    const told = { ...record, hint: typedBy(environment.program, hint) };
    return { status: 'failed', name: target.name, error: told, replay };
  }
}

const interrupted = (replay: string): AckmarkError =>
  new AckmarkError('INTERRUPTED', 'interrupted while this target was started', {
    hint: `Run it again: ${replay}`,
  });

function tally(answers: readonly { readonly verdict: string }[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of answers) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
}

function recordOf(
  plan: FidelityPlan,
  records: ReadonlyMap<AskedEngine, readonly TargetRecord[]>,
  environment: RunEnvironment,
): RunRecord {
  const interrupted = environment.signal.aborted;
  const fidelity = [...records].map(
    ([{ engine, fidelity: of }, targets]): FidelityRecord => ({
      engine: engine.id,
      document: of.document,
      clauses: of.clauses.map(({ id, group, says, source }) => ({ id, group, says, source })),
      targets: [...targets],
    }),
  );
  return {
    schemaVersion,
    ...plan.heading,
    tookNs: environment.clock.nowNs(),
    interrupted,
    outcome: fidelityOutcome(fidelity, interrupted, plan.failOn),
    cells: [],
    cellsPlanned: 0,
    controls: [],
    thresholds: [],
    searches: [],
    textbook: [],
    fidelity,
  };
}
