import type { FaultPlan } from '../../scenarios/scenario.ts';
import { EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { mark, neverStarted } from './fault-marks.ts';
import { leaderAmong, onlyLeaderAmong, replicasOf, whileStill } from './replicas.ts';
import type { Stage } from './stage.ts';
import { untilSucceeded } from './until-succeeded.ts';
import { sleep } from './waiting.ts';

type PauseLeader = FaultPlan & { readonly kind: 'pause-leader' };

const lookUpMs = 20_000;
/** Beyond the time in which whoever may succeed it should. */
const patienceMs = 3_000;
/** For what the old leader had been asked before it stood still, and answers now. */
const afterMs = 1_000;
const afterwardsMs = 20_000;

/**
 * The leader stands still until another has led for a while, and goes on as if nothing had happened: with sends in
 * its sockets that nobody has answered. What it would acknowledge then, nobody else has.
 */
export async function pauseLeader(
  plan: PauseLeader,
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const nodes = replicasOf(stage);
  const { clock, signal } = stage.environment;
  const leader = await leaderAmong(nodes, stage, lookUpMs);
  if (leader === undefined) return neverStarted(plan, stage, 'no node led');
  const { troupe } = stage;
  const { replicated, sendReply } = stage.cell.traits;
  const others = nodes.filter((node) => node !== leader);
  const pid = leader.pid();
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const { inFlight, successor, acknowledgedMeanwhile } = await whileStill([leader], async () => {
    const succession = await untilSucceeded(leader, others, stage, patienceMs);
    const before = troupe.acknowledged();
    await sleep(plan.ledMs, signal);
    return { ...succession, acknowledgedMeanwhile: troupe.acknowledged() - before };
  });
  const pausedMs = (clock.nowNs() - startedNs) / 1e6;
  await sleep(afterMs, signal);
  const afterwards = await onlyLeaderAmong(nodes, stage, afterwardsMs);
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return faultRecord({
    target: leader.name,
    startedNs,
    stoppedNs,
    inFlight: sendReply === 'each' ? inFlight : null,
    evidence: {
      kind: plan.kind,
      pid,
      pausedMs,
      replicated,
      ledMeanwhile: successor?.name,
      acknowledgedMeanwhile,
      leadsAfterwards: afterwards?.name,
    },
  });
}
