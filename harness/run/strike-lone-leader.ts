import type { FaultPlan } from '../../scenarios/scenario.ts';
import { invariant } from '../core/errors.ts';
import { EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { mark, neverStarted } from './fault-marks.ts';
import { whileAlone } from './lone-leader.ts';
import { leaderAmong, type ReplicaNode, replicasOf } from './replicas.ts';
import type { Stage } from './stage.ts';
import { sleep, waitUntil } from './waiting.ts';
import { within } from './within.ts';

type StrikeLoneLeader = FaultPlan & { readonly kind: 'strike-lone-leader' };

/** The load waits for it. */
const lookUpMs = 20_000;
const killMs = 30_000;
const goneMs = 2_000;
const gonePollMs = 10;
const restartMs = 180_000;
const afterwardsMs = 20_000;

/**
 * The leader dies when its followers are out of sync: what it acknowledged since, nobody else has. They go
 * on and may elect one of themselves or not; then it comes back.
 */
export async function strikeLoneLeader(
  plan: StrikeLoneLeader,
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const nodes = replicasOf(stage);
  const { isRunning, signal } = stage.environment;
  const leader = await leaderAmong(nodes, stage, lookUpMs);
  if (leader === undefined) return neverStarted(plan, stage, 'no node led');
  const pid = leader.pid();
  const wasRunning = isRunning(pid);
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const followers = nodes.filter((node) => node !== leader);
  const { alone, acted } = await whileAlone(leader, followers, plan.aloneMs, stage, async () => {
    const inFlight = stage.troupe.unsettledSends();
    return { inFlight, lostBytes: await strike(leader, plan.by, signal) };
  });
  const isGone = await waitUntil(() => !isRunning(pid), goneMs, gonePollMs, signal);
  const downMs = leader.replica.successionMs + plan.downMs;
  const [meanwhile] = await Promise.all([
    leaderAmong(followers, stage, downMs),
    sleep(downMs, signal),
  ]);
  await within(leader.restart(), 'restart', restartMs, signal);
  const afterwards = await leaderAmong(nodes, stage, afterwardsMs);
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return faultRecord({
    target: leader.name,
    startedNs,
    stoppedNs,
    inFlight: stage.cell.traits.sendReply === 'each' ? acted.inFlight : null,
    evidence: {
      kind: plan.kind,
      ...alone,
      pid,
      gone: wasRunning && isGone,
      unanswered: acted.inFlight,
      lostBytes: acted.lostBytes,
      ledMeanwhile: meanwhile?.name,
      leadsAfterwards: afterwards?.name,
    },
  });
}

async function strike(
  leader: ReplicaNode,
  by: StrikeLoneLeader['by'],
  signal: AbortSignal,
): Promise<number | undefined> {
  if (by === 'kill') {
    await within(leader.kill(), 'kill', killMs, signal);
    return undefined;
  }
  invariant(
    leader.losePower !== undefined,
    `${leader.name} cannot lose its power, and was planned to`,
  );
  return (await within(leader.losePower(), 'power loss', killMs, signal)).lostBytes;
}
