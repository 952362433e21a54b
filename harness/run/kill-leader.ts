import type { BrokerNode, Replica, ReplicatedScope } from '../../engines/provisioner.ts';
import type { FaultPlan } from '../../scenarios/scenario.ts';
import { invariant } from '../core/errors.ts';
import { EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { aimAtInFlight } from './aim.ts';
import { mark, neverStarted } from './fault-marks.ts';
import type { Stage } from './stage.ts';
import { sleep, waitUntil } from './waiting.ts';
import { within } from './within.ts';

type KillLeader = FaultPlan & { readonly kind: 'kill-leader' };
type ReplicaNode = BrokerNode & { readonly replica: Replica };

const lookUpMs = 5_000;
const lookUpPollMs = 20;
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
  const { access } = stage.live;
  const nodes = access.kind === 'started' ? access.nodes.filter(isReplica) : [];
  const { clock, isRunning, signal } = stage.environment;
  const scope = firstScope(stage);
  const leader = await leaderAmong(nodes, scope, lookUpMs, signal);
  if (leader === undefined) return neverStarted(plan, stage, 'no node led');
  const followers = nodes.filter((node) => node !== leader);
  const pid = leader.pid();
  const wasRunning = isRunning(pid);
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const acknowledgedBefore = stage.troupe.acknowledged();
  let inFlight: number;
  try {
    for (const { replica } of followers) replica.pause();
    stage.troupe.release();
    await sleep(plan.pauseFollowersMs, signal);
    inFlight = await aimAtInFlight(stage, () => stage.troupe.unsettledSends(), aimMs);
    await within(leader.kill(), 'kill', killMs, signal);
  } finally {
    for (const { replica } of followers) replica.resume();
  }
  const pausedMs = (clock.nowNs() - startedNs) / 1e6;
  const acknowledgedAlone = stage.troupe.acknowledged() - acknowledgedBefore;
  const isGone = await waitUntil(() => !isRunning(pid), goneMs, gonePollMs, signal);
  const successor = await leaderAmong(followers, scope, successorMs, signal);
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

/** Where scopes have leaders of their own, the fault aims at that of the first. */
function firstScope({ deployed }: Stage): ReplicatedScope {
  const [first] = deployed.topology.destinations;
  invariant(first !== undefined, 'a cell has a destination');
  return { destination: first.name, scope: 0 };
}

function isReplica(node: BrokerNode): node is ReplicaNode {
  return node.replica !== undefined;
}

async function leaderAmong(
  nodes: readonly ReplicaNode[],
  scope: ReplicatedScope,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ReplicaNode | undefined> {
  if (nodes.length === 0) return undefined;
  let leader: ReplicaNode | undefined;
  await waitUntil(
    async () => {
      const leading = await Promise.all(
        nodes.map((node) => within(node.replica.leads(scope), 'leader look-up', lookUpMs, signal)),
      );
      leader = nodes.find((_, at) => leading[at]);
      return leader !== undefined;
    },
    timeoutMs,
    lookUpPollMs,
    signal,
  );
  return leader;
}
