import type { FaultPlan } from '../../scenarios/scenario.ts';
import { EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { aimAtInFlight } from './aim.ts';
import { mark, neverStarted } from './fault-marks.ts';
import { leaderAmong, replicasOf, withoutFollowers } from './replicas.ts';
import type { Stage } from './stage.ts';
import { sleep, waitUntil } from './waiting.ts';
import { within } from './within.ts';

type KillLeader = FaultPlan & { readonly kind: 'kill-leader' };

const lookUpMs = 5_000;
const successorMs = 20_000;
/** Added to the pause of the followers, so it must be short. */
const aimMs = 50;
const killMs = 30_000;
const goneMs = 2_000;
const gonePollMs = 10;
const restartMs = 180_000;

/**
 * Stops the followers, lets the leader answer what it answers on its own, kills it and lets the followers go
 * on: whoever succeeds it never saw what was written in between. Then it comes back as a follower.
 */
export async function killLeader(
  plan: KillLeader,
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const nodes = replicasOf(stage);
  const { clock, isRunning, signal } = stage.environment;
  const leader = await leaderAmong(nodes, stage, lookUpMs);
  if (leader === undefined) return neverStarted(plan, stage, 'no node led');
  const followers = nodes.filter((node) => node !== leader);
  const pid = leader.pid();
  const wasRunning = isRunning(pid);
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const acknowledgedBefore = stage.troupe.acknowledged();
  const inFlight = await withoutFollowers(followers, async () => {
    stage.troupe.release();
    await sleep(plan.pauseFollowersMs, signal);
    const aimedAt = await aimAtInFlight(stage, () => stage.troupe.unsettledSends(), aimMs);
    await within(leader.kill(), 'kill', killMs, signal);
    return aimedAt;
  });
  const pausedMs = (clock.nowNs() - startedNs) / 1e6;
  const acknowledgedAlone = stage.troupe.acknowledged() - acknowledgedBefore;
  const isGone = await waitUntil(() => !isRunning(pid), goneMs, gonePollMs, signal);
  const successor = await leaderAmong(followers, stage, successorMs);
  await sleep(plan.downMs, signal);
  await within(leader.restart(), 'restart', restartMs, signal);
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return faultRecord({
    target: leader.name,
    startedNs,
    stoppedNs,
    inFlight: stage.cell.traits.sendReply === 'each' ? inFlight : null,
    evidence: {
      kind: 'kill-leader',
      pid,
      gone: wasRunning && isGone,
      followersPaused: followers.length,
      pausedMs,
      acknowledgedAlone,
      successor: successor?.name,
    },
  });
}
