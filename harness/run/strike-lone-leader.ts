import type { FaultPlan } from '../../scenarios/scenario.ts';
import { EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { mark, neverStarted } from './fault-marks.ts';
import { whileAlone } from './lone-leader.ts';
import { leaderAmong, replicasOf } from './replicas.ts';
import type { Stage } from './stage.ts';
import { restart, seenGone, strike } from './strike.ts';
import { sleep } from './waiting.ts';

type StrikeLoneLeader = FaultPlan & { readonly kind: 'strike-lone-leader' };

/** The load waits for it. */
const lookUpMs = 20_000;
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
  const leader = await leaderAmong(nodes, stage, lookUpMs);
  if (leader === undefined) return neverStarted(plan, stage, 'no node led');
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const followers = nodes.filter((node) => node !== leader);
  const { alone, acted } = await whileAlone(leader, followers, plan.aloneMs, stage, async () => {
    const inFlight = stage.troupe.unsettledSends();
    return { inFlight, struck: await strike(leader, plan.by, stage) };
  });
  const { inFlight, struck } = acted;
  const gone = await seenGone(struck, stage);
  const downMs = leader.replica.successionMs + plan.downMs;
  const [meanwhile] = await Promise.all([
    leaderAmong(followers, stage, downMs),
    sleep(downMs, stage.environment.signal),
  ]);
  await restart(leader, stage);
  const afterwards = await leaderAmong(nodes, stage, afterwardsMs);
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return faultRecord({
    target: leader.name,
    startedNs,
    stoppedNs,
    inFlight: stage.cell.traits.sendReply === 'each' ? inFlight : null,
    loadWasOver: struck.loadWasOver,
    evidence: {
      kind: plan.kind,
      ...alone,
      pid: struck.pid,
      gone,
      unanswered: inFlight,
      lostBytes: struck.lostBytes,
      ledMeanwhile: meanwhile?.name,
      leadsAfterwards: afterwards?.name,
    },
  });
}
