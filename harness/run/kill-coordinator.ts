import type { Coordinated } from '../../engines/provisioner.ts';
import type { FaultPlan } from '../../scenarios/scenario.ts';
import type { Holding } from '../actors/actor.ts';
import { EventKind } from '../core/events.ts';
import { invariant } from '../core/errors.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { aimAtInFlight } from './aim.ts';
import { transactionalIdOf } from './cast.ts';
import { mark, neverStarted } from './fault-marks.ts';
import { coordinatorAmong, replicasOf } from './replicas.ts';
import type { Stage } from './stage.ts';
import { restart, seenGone, strike } from './strike.ts';
import { transformerGroup } from './transformation.ts';
import { sleep } from './waiting.ts';

type KillCoordinator = FaultPlan & { readonly kind: 'kill-coordinator' };

const lookUpMs = 20_000;
const successorMs = 30_000;

/** What jobs hold that only the coordinator can finish: transactions with outputs in them, or shares of the input. */
const held: Readonly<Record<KillCoordinator['of'], Holding>> = {
  transactions: 'halfTransformed',
  group: 'unsettledDeliveries',
};

/**
 * The node that keeps how far jobs are dies while they are half done; whoever coordinates them next knows of it only
 * what was replicated.
 */
export async function killCoordinator(
  plan: KillCoordinator,
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const nodes = replicasOf(stage);
  const { clock, signal } = stage.environment;
  const what = aimedAt(plan.of, stage);
  const coordinator = await coordinatorAmong(nodes, what, stage, lookUpMs);
  if (coordinator === undefined) return neverStarted(plan, stage, 'no node coordinated them');
  const others = nodes.filter((node) => node !== coordinator);
  const inFlight = await aimAtInFlight(stage, () => heldByJobs(held[plan.of], stage));
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const struck = await strike(coordinator, 'kill', stage);
  const gone = await seenGone(struck, stage);
  const successor = await coordinatorAmong(others, what, stage, successorMs);
  const succeededMs = (clock.nowNs() - startedNs) / 1e6;
  await sleep(plan.downMs, signal);
  await restart(coordinator, stage);
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return faultRecord({
    target: coordinator.name,
    startedNs,
    stoppedNs,
    inFlight,
    loadWasOver: struck.loadWasOver,
    evidence: {
      kind: plan.kind,
      of: plan.of,
      pid: struck.pid,
      gone,
      successor: successor?.name,
      succeededMs,
    },
  });
}

function aimedAt(of: KillCoordinator['of'], stage: Stage): Coordinated {
  if (of === 'transactions') {
    return { kind: of, transactionalId: transactionalIdOf(stage, 0) };
  }
  const subscription = stage.deployed.topology.subscriptions[transformerGroup];
  invariant(subscription !== undefined, 'jobs have a subscription');
  return { kind: of, name: subscription.name };
}

function heldByJobs(holding: Holding, { troupe }: Stage): number {
  return troupe.livingTransformers().reduce((sum, job) => sum + job.counters()[holding], 0);
}
