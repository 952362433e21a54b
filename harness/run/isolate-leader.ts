import type { FaultPlan } from '../../scenarios/scenario.ts';
import { EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { PartableNetworks } from '../provision/node-networks.ts';
import type { StuckSockets } from '../provision/stuck-sockets.ts';
import type { FaultRecord } from '../record/schema.ts';
import { mark, neverStarted } from './fault-marks.ts';
import { leaderAmong, onlyLeaderAmong, replicasOf } from './replicas.ts';
import type { Stage } from './stage.ts';
import { untilSucceeded } from './until-succeeded.ts';
import { sleep } from './waiting.ts';

type IsolateLeader = FaultPlan & { readonly kind: 'isolate-leader' };

const lookUpMs = 20_000;
/** Beyond the time in which whoever may succeed it should. */
const patienceMs = 5_000;
/** A look or two at whether the isolated one still says that it leads. */
const saysMs = 300;
/** For what the old leader had been asked before it was isolated, and may answer now. */
const afterMs = 1_000;
const afterwardsMs = 40_000;

/**
 * The leader runs on and clients reach it, but no other node does, until another one has led for a while. What it
 * acknowledges meanwhile, nobody else has; what its followers acknowledge under another leader, it has not.
 */
export async function isolateLeader(
  plan: IsolateLeader,
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const { access } = stage.live;
  const networks = access.kind === 'started' ? access.networks : undefined;
  if (networks === undefined) return neverStarted(plan, stage, 'the nodes share one network');
  const nodes = replicasOf(stage);
  const { clock, signal } = stage.environment;
  const leader = await leaderAmong(nodes, stage, lookUpMs);
  if (leader === undefined) return neverStarted(plan, stage, 'no node led');
  const { troupe } = stage;
  const { replicated, sendReply } = stage.cell.traits;
  const others = nodes.filter((node) => node !== leader);
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const acknowledgedBefore = troupe.acknowledged();
  const seen = await whileIsolated(networks, nodes.indexOf(leader), async () => {
    const succession = await untilSucceeded(leader, others, stage, patienceMs);
    const before = troupe.acknowledged();
    const acknowledgedAlone = before - acknowledgedBefore;
    await sleep(plan.ledMs, signal);
    const stillLeads = (await leaderAmong([leader], stage, saysMs)) !== undefined;
    return {
      ...succession,
      acknowledgedAlone,
      stillLeads,
      acknowledgedMeanwhile: troupe.acknowledged() - before,
    };
  });
  const isolatedMs = (clock.nowNs() - startedNs) / 1e6;
  await sleep(afterMs, signal);
  const afterwards = await onlyLeaderAmong(nodes, stage, afterwardsMs);
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  const { inFlight, successor, ...meanwhile } = seen.saw;
  return faultRecord({
    target: leader.name,
    startedNs,
    stoppedNs,
    // Both are what only the isolated one may have.
    inFlight: sendReply === 'each' ? inFlight + meanwhile.acknowledgedAlone : null,
    evidence: {
      kind: plan.kind,
      isolatedMs,
      stuck: seen.stuck,
      replicated,
      ledMeanwhile: successor?.name,
      ...meanwhile,
      leadsAfterwards: afterwards?.name,
    },
  });
}

/** @returns besides what `act` saw, the connections on which nothing passed at the end of it */
async function whileIsolated<T>(
  networks: PartableNetworks,
  member: number,
  act: () => Promise<T>,
): Promise<{ readonly saw: T; readonly stuck: StuckSockets }> {
  await networks.isolate(member);
  try {
    const saw = await act();
    return { saw, stuck: await networks.stuckWith(member) };
  } finally {
    await networks.rejoin(member);
  }
}
