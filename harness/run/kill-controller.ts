import type { ControllerNode } from '../../engines/provisioner.ts';
import type { FaultPlan } from '../../scenarios/scenario.ts';
import { EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { mark, neverStarted } from './fault-marks.ts';
import { firstWho } from './replicas.ts';
import type { Stage } from './stage.ts';
import { restart, seenGone, strike } from './strike.ts';
import { sleep } from './waiting.ts';

type KillController = FaultPlan & { readonly kind: 'kill-controller' };

const lookUpMs = 20_000;
const successorMs = 30_000;

/** Who elects leaders dies, and comes back when another of its kind has taken over. */
export async function killController(
  plan: KillController,
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const { access } = stage.live;
  const controllers = access.kind === 'started' ? access.controllers : [];
  const { clock, signal } = stage.environment;
  const active = await activeAmong(controllers, lookUpMs, stage);
  if (active === undefined) return neverStarted(plan, stage, 'no controller was active');
  const others = controllers.filter((controller) => controller !== active);
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const acknowledgedBefore = stage.troupe.acknowledged();
  const struck = await strike(active, 'kill', stage);
  const gone = await seenGone(struck, stage);
  const successor = await activeAmong(others, successorMs, stage);
  const succeededMs = (clock.nowNs() - startedNs) / 1e6;
  const acknowledged = stage.troupe.acknowledged() - acknowledgedBefore;
  await sleep(plan.downMs, signal);
  await restart(active, stage);
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  return faultRecord({
    target: active.name,
    startedNs,
    stoppedNs,
    // Nothing is sent to it.
    inFlight: null,
    loadWasOver: struck.loadWasOver,
    evidence: {
      kind: plan.kind,
      pid: struck.pid,
      gone,
      successor: successor?.name,
      succeededMs,
      acknowledged,
    },
  });
}

const activeAmong = (
  controllers: readonly ControllerNode[],
  timeoutMs: number,
  stage: Stage,
): Promise<ControllerNode | undefined> =>
  firstWho(controllers, (controller) => controller.isActive(), stage, timeoutMs);
