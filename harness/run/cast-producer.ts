import type { Actor, ProducerActorSpec } from '../actors/actor.ts';
import { shareOf } from '../actors/arrivals/share.ts';
import { everywhere } from '../core/lanes.ts';
import { invariant } from '../core/errors.ts';
import type { Cell } from '../plan/cell.ts';
import type { Load, WarmUp } from '../../scenarios/load.ts';
import { commonSpec, newLanes, sendingSpec, spawn } from './cast.ts';
import type { Stage } from './stage.ts';
import { usersOf } from './taps.ts';
import { inputRoute } from './transformation.ts';

/** The place of a producer in the load, and where in it its incarnation begins. */
interface Part {
  readonly index: number;
  readonly from: number;
  /** 0 for the first in its place. */
  readonly epoch: number;
}

/** Brings the producers on stage, each with lanes of its own; they wait for their start. */
export async function castProducers(stage: Stage): Promise<void> {
  const { producers } = stage.cell.scenario.workload;
  const parts = Array.from({ length: producers }, (_, index) => ({ index, from: 0, epoch: 0 }));
  await Promise.all(parts.map((part) => castProducer(stage, part)));
}

/** Goes on where `crashed` had come to; with one message at least, so that somebody is there again. */
export async function castSuccessor(stage: Stage, crashed: Actor): Promise<Actor> {
  const { spec } = crashed;
  invariant(spec.role === 'producer', 'producers succeed producers');
  const { index, of, from } = spec.share;
  const last = shareOf(stage.cell.scenario.workload.load.messages, index, of) - 1;
  return castProducer(stage, {
    index,
    from: Math.min(last, from + crashed.counters().sent),
    epoch: stage.troupe.producers.length,
  });
}

async function castProducer(stage: Stage, part: Part): Promise<Actor> {
  const { cell } = stage;
  const { workload } = cell.scenario;
  const common = commonSpec(stage, 'producer');
  const lanes = newLanes(stage, common.actor, workload.transformers > 0 ? inputRoute : everywhere);
  const load = ownLoad(workload.load, part, workload.producers);
  const spec: ProducerActorSpec = {
    role: 'producer',
    ...common,
    epoch: part.epoch,
    lanes,
    keyedBy: usersOf(cell),
    keyChoice: workload.keyChoice ?? { kind: 'in-turn' },
    load,
    share: { index: part.index, of: workload.producers, from: part.from },
    unheld: part.epoch === 0 ? unheldOf(cell, load) : load.messages,
    lingerMs: workload.lingerMs,
    ...sendingSpec(cell),
    sendReply: cell.traits.sendReply,
    ...(isCorrelated(cell) ? { correlates: true } : {}),
    pacing: 'sleep',
    // An answer may wait for the same recovery that the drain waits for.
    settleTimeoutMs: workload.drainTimeoutMs,
  };
  return spawn(stage, spec);
}

function isCorrelated({ profile, scenario: { workload } }: Cell): boolean {
  return workload.exchange === 'request-reply' && profile.replies === 'by-correlation-id';
}

function ownLoad(load: Load, { index, from }: Part, of: number): Load {
  const own = {
    messages: shareOf(load.messages, index, of) - from,
    warmupMessages: ownWarmUp(load.warmupMessages, { index, from }, of),
  };
  return load.kind === 'open'
    ? { ...load, ...own }
    : { ...load, ...own, window: Math.max(1, Math.floor(load.window / of)) };
}

/** Whoever comes in somebody's place comes when the load has warmed up. */
function ownWarmUp(warmUp: WarmUp, { index, from }: Omit<Part, 'epoch'>, of: number): WarmUp {
  if (warmUp === 'until-steady') return from === 0 ? warmUp : 0;
  return Math.max(0, shareOf(warmUp, index, of) - from);
}

/**
 * Half of what should follow the last fault waits for it, so that a fault of which a busy machine is late finds
 * messages to strike. Nothing waits where lateness is dropped.
 */
function unheldOf({ scenario }: Cell, { messages, ...load }: Load): number {
  const isDropped = load.kind === 'open' && load.late !== 'catch-up';
  if (scenario.faults.length === 0 || isDropped) return messages;
  const lastAt = Math.max(
    ...scenario.faults.map((plan) => ('until' in plan ? plan.until : plan.at)),
  );
  return Math.floor(messages * (lastAt + (1 - lastAt) / 2));
}
