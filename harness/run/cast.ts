import { everywhere } from '../core/lanes.ts';
import { join } from 'node:path';
import type { Actor, ConsumerActorSpec, ProducerActorSpec } from '../actors/actor.ts';
import { createRing } from '../history/ring.ts';
import type { Cell } from '../plan/cell.ts';
import type { Load } from '../../scenarios/scenario.ts';
import type { Stage } from './stage.ts';
import { within } from './within.ts';

/** 65,536 records of 64 bytes: a quarter of a second of the fastest producer before it spills. */
const ringRecords = 65_536;
const sessionsPerActor = 65_536;
const settleTimeoutMs = 15_000;
/** More than an actor takes to give up connecting; a thread that stands still never does. */
const startMs = 60_000;

/**
 * Brings a consumer on stage for one subscription; it requests at once.
 *
 * @param instance of the consumer that it succeeds; its own name where it succeeds nobody
 */
export async function castConsumer(
  stage: Stage,
  subscription: number,
  instance?: string,
): Promise<Actor> {
  const { cell } = stage;
  const { workload } = cell.scenario;
  const common = commonSpec(stage, 'consumer');
  const spec: ConsumerActorSpec = {
    role: 'consumer',
    ...common,
    subscription,
    instance: instance ?? common.name,
    consumption: cell.profile.consumption,
    ackReply: cell.traits.ackReply,
    prefetch: Math.min(workload.prefetch, cell.traits.receiveLimit),
    settleLimit: cell.traits.settleLimit,
    workMs: workload.workMs,
    keys: routingOf(cell) === 'key' ? workload.keys : 0,
    plant: cell.control.kind === 'planted' ? cell.control.plant : undefined,
  };
  const actor = await spawn(stage, spec);
  actor.start(stage.environment.clock.nowNs());
  return actor;
}

/** Brings a producer on stage, with lanes of its own; it waits for its start. */
export async function castProducer(stage: Stage, epoch: number, load: Load): Promise<Actor> {
  const { cell } = stage;
  const { workload } = cell.scenario;
  const common = commonSpec(stage, 'producer');
  const lanes = {
    first: stage.troupe.lanes.reduce((next, span) => Math.max(next, span.first + span.count), 0),
    count: workload.keys,
    ordered: true,
    actor: common.actor,
    route: everywhere,
  };
  stage.troupe.lanes.push(lanes);
  stage.history.judge.addLanes(lanes);
  const spec: ProducerActorSpec = {
    role: 'producer',
    ...common,
    epoch,
    lanes,
    load,
    unheld: epoch === 0 ? unheldOf(cell, load) : load.messages,
    lingerMs: workload.lingerMs,
    batchMessages: Math.min(workload.batchMessages, cell.traits.sendLimit.messages),
    sendLimit: cell.traits.sendLimit,
    routing: routingOf(cell),
    scopes: cell.scenario.topology.scopes,
    messageGroups: cell.traits.capabilities.includes('message-groups'),
    deduplicationIds: cell.traits.capabilities.includes('deduplication'),
    sendReply: cell.traits.sendReply,
    retry:
      cell.traits.retriedBy === 'harness'
        ? { by: 'harness', attempts: 20, pauseMs: 50 }
        : { by: cell.traits.retriedBy },
    pacing: 'sleep',
    settleTimeoutMs,
  };
  const actor = await spawn(stage, spec);
  return actor;
}

/**
 * Half of what should follow the last fault waits for it, so that a fault of which a busy machine is late finds
 * messages to strike. Nothing waits where lateness is dropped.
 */
function unheldOf({ scenario }: Cell, { messages, ...load }: Load): number {
  const isDropped = load.kind === 'open' && load.late === 'drop';
  if (scenario.faults.length === 0 || isDropped) return messages;
  const lastAt = Math.max(...scenario.faults.map(({ at }) => at));
  return Math.floor(messages * (lastAt + (1 - lastAt) / 2));
}

function routingOf({ traits }: Cell): 'partition' | 'key' | 'single' {
  const capabilities = new Set(traits.capabilities);
  if (capabilities.has('partitions')) return 'partition';
  return capabilities.has('keys') ? 'key' : 'single';
}

function commonSpec(stage: Stage, role: 'producer' | 'consumer') {
  const { cell, environment } = stage;
  const actor = stage.troupe.names.length;
  const name = `${role}-${actor}`;
  stage.troupe.names.push(name);
  return {
    actor,
    name,
    engineModule: cell.engine.module,
    engineOptions: cell.profile.options,
    target: stage.target,
    deployed: stage.deployed,
    ring: createRing(ringRecords, join(stage.scratch, `${name}.spill`)),
    originNs: environment.originNs,
    seed: (cell.seed + actor) >>> 0,
    run: stage.history.run,
    firstSession: actor * sessionsPerActor,
    payloadBytes: cell.scenario.workload.payloadBytes,
  } as const;
}

async function spawn(stage: Stage, spec: ProducerActorSpec | ConsumerActorSpec): Promise<Actor> {
  stage.history.collector.addActor(spec.actor, spec.ring);
  let actor: Actor;
  try {
    actor = await within(
      stage.workers.spawn(spec),
      `the start of ${spec.name}`,
      startMs,
      stage.environment.signal,
    );
  } catch (error) {
    // An actor that never came would hold the merge for ever.
    stage.history.collector.endActor(spec.actor);
    throw error;
  }
  stage.troupe.add(actor);
  void actor.ended.then(() => stage.history.collector.endActor(spec.actor));
  return actor;
}
