import type { FaultPlan, TransformStep } from '../../scenarios/scenario.ts';
import type { Holding } from '../actors/actor.ts';
import { EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { castTransformer } from './cast.ts';
import { crash } from './crash-actor.ts';
import { mark, neverStarted } from './fault-marks.ts';
import type { Stage } from './stage.ts';
import { sleep } from './waiting.ts';

/** What a transformer holds when it has come so far. */
const holdingAfter: Readonly<Record<TransformStep, Holding>> = {
  effect: 'effectsAlone',
  outputs: 'halfTransformed',
  offsets: 'offsetsIncluded',
  commit: 'committed',
};

/** Longer than its group waits for the one that was crashed before, whose share it has to get first. */
const lookMs = 15_000;

/** A transformer dies when it has come to a step and no further; another takes its place. */
export async function crashTransformer(
  plan: FaultPlan & { readonly kind: 'crash-transformer' },
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const [victim] = stage.troupe.livingTransformers();
  if (victim === undefined) return neverStarted(plan, stage, 'no transformer was alive');
  const begin = (): number => mark(stage, EventKind.faultStarted, index);
  const { startedNs, inFlight, isHeld } = await crash(
    victim,
    stage,
    holdingAfter[plan.after],
    begin,
    lookMs,
  );
  const terminated = (await victim.ended).how === 'crashed';
  await sleep(plan.downMs, stage.environment.signal);
  await castTransformer(stage, victim.spec.role === 'transformer' ? victim.spec.slot : 0);
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  const actor = victim.spec.name;
  return faultRecord({
    target: actor,
    startedNs,
    inFlight,
    stoppedNs,
    evidence: { kind: plan.kind, actor, terminated, after: isHeld ? plan.after : undefined },
  });
}
