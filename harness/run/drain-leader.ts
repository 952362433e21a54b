import type { FaultPlan } from '../../scenarios/scenario.ts';
import { EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { mark, neverStarted } from './fault-marks.ts';
import { leaderAmong, replicasOf } from './replicas.ts';
import type { Stage } from './stage.ts';
import { restart } from './strike.ts';
import { sleep, waitUntil } from './waiting.ts';
import { within } from './within.ts';

type DrainLeader = FaultPlan & { readonly kind: 'drain-leader' };

const lookUpMs = 20_000;
/** Longer than the slowest of them takes to let its clients go one by one. */
const withdrawMs = 90_000;
const gonePollMs = 10;
const goneMs = 2_000;

/**
 * The leader is taken out of service as its operator would do it before work on its machine, and comes back after a
 * while: it hands over what it leads, lets its clients go, and ends.
 */
export async function drainLeader(
  plan: DrainLeader,
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const nodes = replicasOf(stage);
  const { clock, signal, isRunning } = stage.environment;
  const leader = await leaderAmong(nodes, stage, lookUpMs);
  if (leader === undefined) return neverStarted(plan, stage, 'no node led');
  if (leader.replica.withdraw === undefined) {
    return neverStarted(plan, stage, 'there is no order in which its nodes are taken out');
  }
  const { troupe, history } = stage;
  const { replicated } = stage.cell.traits;
  const others = nodes.filter((node) => node !== leader);
  const pid = leader.pid();
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const before = { acknowledged: troupe.acknowledged(), refused: history.tally.failed };
  troupe.release();
  const sinceMs = (): number => (clock.nowNs() - startedNs) / 1e6;
  const succeeded = async () => {
    const successor = replicated ? await leaderAmong(others, stage, withdrawMs) : undefined;
    return { successor, ledMs: sinceMs(), wasThere: isRunning(pid) };
  };
  const [handOver, end] = await Promise.all([
    succeeded(),
    within(leader.replica.withdraw(), 'the withdrawal of a node', withdrawMs, signal),
  ]);
  const gone = await waitUntil(() => !isRunning(pid), goneMs, gonePollMs, signal);
  const withdrawnMs = sinceMs();
  await sleep(plan.awayMs, signal);
  const acknowledged = troupe.acknowledged() - before.acknowledged;
  await restart(leader, stage);
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return faultRecord({
    target: leader.name,
    startedNs,
    stoppedNs,
    // Nothing is aimed at: whoever is asked to go may answer first.
    inFlight: null,
    evidence: {
      kind: plan.kind,
      gone,
      forced: end?.signal === 'SIGKILL',
      replicated,
      successor: handOver.successor?.name,
      ledMs: handOver.ledMs,
      ledWhileThere: handOver.wasThere,
      withdrawnMs,
      acknowledged,
      refused: history.tally.failed - before.refused,
    },
  });
}
