import type { FaultPlan } from '../../scenarios/scenario.ts';
import { EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { aimAtInFlight } from './aim.ts';
import { mark, neverStarted } from './fault-marks.ts';
import { leaderAmong, replicasOf, whileStill } from './replicas.ts';
import type { Stage } from './stage.ts';
import { restart, seenGone, strike } from './strike.ts';
import { sleep, waitUntil } from './waiting.ts';

type KillLeader = FaultPlan & { readonly kind: 'kill-leader' };

const lookUpMs = 5_000;
const successorMs = 20_000;
const pollMs = 2;
/**
 * A follower that stands still has one answer of its leader in its socket, which it takes in when it goes on. What is
 * acknowledged after that is the leader's alone: several batches of each partition. Where nothing is acknowledged alone,
 * it is waited for in vain, so both times are short: they add to the pause of the followers.
 */
const enoughAlone = 400;
const gatherMs = 250;
const aimMs = 50;

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
  const { clock, signal } = stage.environment;
  const leader = await leaderAmong(nodes, stage, lookUpMs);
  if (leader === undefined) return neverStarted(plan, stage, 'no node led');
  const followers = nodes.filter((node) => node !== leader);
  const startedNs = mark(stage, EventKind.faultStarted, index);
  let acknowledgedBefore = 0;
  const { inFlight, struck } = await whileStill(followers, async () => {
    acknowledgedBefore = stage.troupe.acknowledged();
    stage.troupe.release();
    await sleep(plan.pauseFollowersMs, signal);
    const isEnough = (): boolean => stage.troupe.acknowledged() - acknowledgedBefore >= enoughAlone;
    await waitUntil(isEnough, gatherMs, pollMs, signal);
    const unsettled = await aimAtInFlight(stage, () => stage.troupe.unsettledSends(), aimMs);
    return { inFlight: unsettled, struck: await strike(leader, 'kill', stage) };
  });
  const pausedMs = (clock.nowNs() - startedNs) / 1e6;
  const acknowledgedAlone = stage.troupe.acknowledged() - acknowledgedBefore;
  const gone = await seenGone(struck, stage);
  const { replicated } = stage.cell.traits;
  const successor = replicated ? await leaderAmong(followers, stage, successorMs) : undefined;
  await sleep(plan.downMs, signal);
  await restart(leader, stage);
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return faultRecord({
    target: leader.name,
    startedNs,
    stoppedNs,
    // Both are what only the leader may have.
    inFlight: stage.cell.traits.sendReply === 'each' ? inFlight + acknowledgedAlone : null,
    loadWasOver: struck.loadWasOver,
    evidence: {
      kind: 'kill-leader',
      pid: struck.pid,
      gone,
      followersPaused: followers.length,
      pausedMs,
      acknowledgedAlone,
      replicated,
      successor: successor?.name,
    },
  });
}
