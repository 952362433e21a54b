import type { FaultPlan } from '../../scenarios/scenario.ts';
import { EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { aimAtInFlight } from './aim.ts';
import { mark, neverStarted } from './fault-marks.ts';
import { leaderAmong, replicasOf } from './replicas.ts';
import type { Stage } from './stage.ts';
import { restart, seenGone, strike } from './strike.ts';
import { sleep, waitUntil } from './waiting.ts';

type KillAll = FaultPlan & { readonly kind: 'kill-all' };

/** Until nodes that have all been down have found each other and agreed. */
const leaderMs = 60_000;
const resumeMs = 30_000;
const resumePollMs = 5;

/** Nobody is left to take over: what was acknowledged must be where all of them find it when they come back. */
export async function killAll(plan: KillAll, index: number, stage: Stage): Promise<FaultRecord> {
  const nodes = replicasOf(stage);
  if (nodes.length === 0) return neverStarted(plan, stage, 'no broker process is ours');
  const { clock, signal } = stage.environment;
  const inFlight = await aimAtInFlight(stage, () => stage.troupe.unsettledSends());
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const struck = await Promise.all(nodes.map((node) => strike(node, 'kill', stage)));
  const gone = await Promise.all(struck.map((one) => seenGone(one, stage)));
  const tookMs = (clock.nowNs() - startedNs) / 1e6;
  await sleep(plan.downMs, signal);
  const backNs = clock.nowNs();
  const acknowledgedBefore = stage.troupe.acknowledged();
  await Promise.all(nodes.map((node) => restart(node, stage)));
  const leader = await leaderAmong(nodes, stage, leaderMs);
  const isAnswered = stage.cell.traits.sendReply === 'each';
  const hasResumed =
    isAnswered &&
    (await waitUntil(
      () => stage.troupe.acknowledged() > acknowledgedBefore,
      resumeMs,
      resumePollMs,
      signal,
    ));
  const sinceMs = (clock.nowNs() - backNs) / 1e6;
  const otherwise = isAnswered ? 'never' : 'nothing is acknowledged';
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return faultRecord({
    target: `${nodes.length} nodes`,
    startedNs,
    stoppedNs,
    inFlight: isAnswered ? inFlight : null,
    loadWasOver: struck.every(({ loadWasOver }) => loadWasOver),
    evidence: {
      kind: plan.kind,
      nodes: nodes.length,
      gone: gone.filter(Boolean).length,
      tookMs,
      leadsAfterwards: leader?.name,
      resumedMs: hasResumed ? sinceMs : otherwise,
    },
  });
}
