import type { FaultPlan } from '../../scenarios/scenario.ts';
import type { Actor } from '../actors/actor.ts';
import { EventKind } from '../core/events.ts';
import { faultRecord } from '../fault/evidence.ts';
import type { FaultRecord } from '../record/schema.ts';
import { castConsumer } from './cast.ts';
import { mark, neverStarted } from './fault-marks.ts';
import type { Stage } from './stage.ts';
import { waitUntil } from './waiting.ts';

/** Longer than a member that left without a word is waited for. */
const takenOverMs = 20_000;
const leaveMs = 20_000;
const pollMs = 2;

/** One more consumer of the first subscription; the fault is over when it has got something. */
export async function joinConsumer(
  plan: FaultPlan & { readonly kind: 'join-consumer' },
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const { assignments } = stage.history;
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const { name, actor } = (await castConsumer(stage, 0)).spec;
  await waitUntil(
    () => assignments.heldBy(actor) > 0 && assignments.unowned === 0,
    takenOverMs,
    pollMs,
    stage.environment.signal,
  );
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  const evidence = { kind: plan.kind, actor: name, scopes: assignments.heldBy(actor) };
  return faultRecord({ target: name, startedNs, stoppedNs, inFlight: null, evidence });
}

/** The consumer that came last leaves in good order; the fault is over when others have what it had. */
export async function leaveConsumer(
  plan: FaultPlan & { readonly kind: 'leave-consumer' },
  index: number,
  stage: Stage,
): Promise<FaultRecord> {
  const leaver = stage.troupe.livingConsumers().at(-1);
  if (leaver === undefined) return neverStarted(plan, stage, 'no consumer was alive');
  const { assignments } = stage.history;
  const { signal } = stage.environment;
  const { name, actor } = leaver.spec;
  // One that has just come may have nothing yet, and then its leaving costs nobody anything.
  await waitUntil(
    () => assignments.heldBy(actor) > 0 && assignments.unowned === 0,
    takenOverMs,
    pollMs,
    signal,
  );
  const startedNs = mark(stage, EventKind.faultStarted, index);
  const scopes = assignments.heldBy(actor);
  leaver.finish();
  const left = await waitUntil(() => stage.troupe.over.has(leaver), leaveMs, pollMs, signal);
  const taken = await waitUntil(
    () => assignments.heldBy(actor) === 0 && assignments.unowned === 0,
    takenOverMs,
    pollMs,
    signal,
  );
  const stoppedNs = mark(stage, EventKind.faultStopped, index);
  const evidence = { kind: plan.kind, actor: name, scopes, left: left && taken };
  return faultRecord({ target: name, startedNs, stoppedNs, inFlight: null, evidence });
}

/**
 * Says of every fault that changed who consumes how much the consumers gave up that had nothing to do with
 * it, until the next fault or the end of the drain: what a rebalance costs those who stay.
 */
export function withWhatOthersGaveUp(
  faults: readonly FaultRecord[],
  stage: Stage,
  endNs: number,
): FaultRecord[] {
  const { assignments } = stage.history;
  return faults.map((fault, index) => {
    const moved = stage.troupe.consumers.find(({ spec }) => spec.name === fault.target);
    if (moved === undefined || !stage.history.facts.assignments) return fault;
    const untilNs = faults[index + 1]?.startedNs ?? endNs;
    const { scopes, consumers } = assignments.givenUp(fault.startedNs, untilNs, actorOf(moved));
    const value = scopes === 0 ? 'none' : `${scopes}, by ${consumers} of them`;
    const evidence = { name: 'scopes that other consumers gave up', value };
    return { ...fault, evidence: [...fault.evidence, evidence] };
  });
}

const actorOf = ({ spec }: Actor): number => spec.actor;
