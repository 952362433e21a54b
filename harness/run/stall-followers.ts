import type { FaultPlan } from '../../scenarios/scenario.ts';
import { EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { mark, neverStarted } from './fault-marks.ts';
import { whileAlone } from './lone-leader.ts';
import { leaderAmong, replicasOf } from './replicas.ts';
import type { Stage } from './stage.ts';
import { waitUntil } from './waiting.ts';

type StallFollowers = FaultPlan & { readonly kind: 'stall-followers' };

/** The load waits for it. */
const lookUpMs = 20_000;
/** Until the followers have caught up and the sends that were refused are sent again. */
const resumeMs = 15_000;
const resumePollMs = 5;

/** The leader is alone for a while, and then it is not any more. Nobody dies. */
export async function stallFollowers(
  plan: StallFollowers,
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const nodes = replicasOf(stage);
  const { clock, signal } = stage.environment;
  const leader = await leaderAmong(nodes, stage, lookUpMs);
  if (leader === undefined) return neverStarted(plan, stage, 'no node led');
  const { troupe, history } = stage;
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const laterBefore = history.tally.acknowledgedLater;
  const followers = nodes.filter((node) => node !== leader);
  const { alone, acted: inFlight } = await whileAlone(
    leader,
    followers,
    plan.aloneMs,
    stage,
    async () => troupe.unsettledSends(),
  );
  const backNs = clock.nowNs();
  const acknowledgedBefore = troupe.acknowledged();
  const settledBefore = history.tally.settled;
  const hasResumed = await waitUntil(
    () => troupe.acknowledged() > acknowledgedBefore,
    resumeMs,
    resumePollMs,
    signal,
  );
  const resumedMs = hasResumed ? (clock.nowNs() - backNs) / 1e6 : undefined;
  await waitUntil(
    () => history.tally.settled >= settledBefore + inFlight,
    resumeMs,
    resumePollMs,
    signal,
  );
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return faultRecord({
    target: leader.name,
    startedNs,
    stoppedNs,
    inFlight: stage.cell.traits.sendReply === 'each' ? inFlight : null,
    evidence: {
      kind: plan.kind,
      ...alone,
      acknowledgedLater: history.tally.acknowledgedLater - laterBefore,
      resumedMs,
    },
  });
}
