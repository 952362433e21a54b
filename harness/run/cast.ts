import type { LaneSpan } from '../core/lanes.ts';
import { join } from 'node:path';
import type {
  Actor,
  ActorSpec,
  ConsumerActorSpec,
  RoutingBy,
  TransformerActorSpec,
} from '../actors/actor.ts';
import { invariant } from '../core/errors.ts';
import type { Keying } from '../effects/ledger.ts';
import { createRing } from '../history/ring.ts';
import type { Cell } from '../plan/cell.ts';
import { atLimitOf, limitedGroup, poisonOf } from './dead-letters.ts';
import { addressesOf, routeOfBucket } from './routed-cell.ts';
import type { Stage } from './stage.ts';
import { policyOf, tapsOf, usersOf } from './taps.ts';
import { outputRoute, transformerGroup } from './transformation.ts';
import { within } from './within.ts';

/** 65,536 records of 64 bytes: a quarter of a second of the fastest producer before it spills. */
const ringRecords = 65_536;
const sessionsPerActor = 65_536;
const transactionsPerActor = 65_536;
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
  const actor = await bringConsumer(stage, subscription, instance);
  actor.start(stage.environment.clock.nowNs());
  return actor;
}

/** One that has joined and requests nothing before it is started. */
export async function bringConsumer(
  stage: Stage,
  subscription: number,
  instance?: string,
): Promise<Actor> {
  const { cell } = stage;
  const common = commonSpec(stage, 'consumer');
  const spec: ConsumerActorSpec = {
    role: 'consumer',
    ...common,
    ...readingSpec(cell, subscription),
    ...tappingSpec(stage, subscription),
    instance: instance ?? common.name,
    plant: cell.control.kind === 'planted' ? cell.control.plant : undefined,
    poison: poisonOf(cell, subscription),
    deadLetters: deadLettersReadBy(cell, subscription),
    ...repliesReadBy(cell),
  };
  return spawn(stage, spec);
}

function repliesReadBy({ profile, scenario }: Cell): Pick<ConsumerActorSpec, 'replies'> {
  const { exchange, keys, producers, consumers } = scenario.workload;
  if (exchange === undefined) return {};
  invariant(producers === 1 && consumers === 1, 'a cell has one requester');
  const knownBy = profile.replies === 'in-turn' ? 'turn' : 'correlation-id';
  return { replies: { knownBy, keys } };
}

/** Of a subscription beside the others: its own policy, in place of the workload's. */
function tappingSpec({ cell, scratch }: Stage, subscription: number): Partial<ConsumerActorSpec> {
  const placed = tapsOf(cell.scenario).find(({ group }) => group === subscription);
  if (placed === undefined) return {};
  return {
    prefetch: placed.tap.prefetch,
    workMs: 0,
    work: undefined,
    tap: policyOf(cell, placed, scratch),
  };
}

function deadLettersReadBy(cell: Cell, subscription: number): ConsumerActorSpec['deadLetters'] {
  const atLimit = atLimitOf(cell);
  if (atLimit.becomes !== 'dead-letter' || subscription !== atLimit.reader) return undefined;
  return { of: limitedGroup, sayWhy: cell.traits.capabilities.includes('dead-letter-causes') };
}

/** With lanes of its own for what it writes. A `slot` keeps its transactional id, whoever fills it. */
export async function castTransformer(stage: Stage, slot: number): Promise<Actor> {
  const { cell } = stage;
  const common = commonSpec(stage, 'transformer');
  const { transform } = cell.profile;
  const spec: TransformerActorSpec = {
    role: 'transformer',
    ...common,
    ...readingSpec(cell, transformerGroup),
    ...sendingSpec(cell),
    epoch: common.actor,
    slot,
    effects: stage.ledger && {
      access: stage.ledger.access,
      keying: keyingOf[cell.profile.outsideEffects],
    },
    lanes: newLanes(stage, common.actor, outputRoute),
    transform:
      transform === 'without-transactions'
        ? { by: 'settlement' }
        : {
            by: 'transaction',
            offsets: transform,
            transactionalId: transactionalIdOf(stage, slot),
            firstTransaction: common.actor * transactionsPerActor + 1,
          },
  };
  const actor = await spawn(stage, spec);
  actor.start(stage.environment.clock.nowNs());
  return actor;
}

const keyingOf: Readonly<Record<Cell['profile']['outsideEffects'], Keying>> = {
  'each-time': 'none',
  'idempotency-key': 'with-effect',
  'key-after-commit': 'stored-later',
};

/** Of the jobs that fill a slot one after another. */
export function transactionalIdOf({ environment, cell }: Stage, slot: number): string {
  return `ackmark-${environment.brokerKey}-${cell.index}-t${slot}`;
}

function readingSpec(cell: Cell, subscription: number) {
  const { profile, traits, scenario } = cell;
  const { workload } = scenario;
  return {
    subscription,
    consumption: profile.consumption,
    ackReply: traits.ackReply,
    prefetch: Math.min(workload.prefetch, traits.receiveLimit),
    settleLimit: traits.settleLimit,
    workMs: workload.workMs,
    work: workload.work,
    keys: routingOf(cell) === 'key' || isKeyed(cell) ? workload.keys : 0,
    namedBy: isOutput(cell, subscription) ? undefined : usersOf(cell),
    addresses: addressesOf(cell),
  } as const;
}

/** What jobs make carries no names. */
function isOutput({ scenario }: Cell, subscription: number): boolean {
  const { workload, topology } = scenario;
  const isOfJobs = workload.transformers > 0 && subscription !== transformerGroup;
  return isOfJobs && subscription < topology.subscriptions;
}

export function sendingSpec(cell: Cell) {
  const { traits } = cell;
  const { workload, topology } = cell.scenario;
  const { retriedBy } = traits;
  return {
    addresses: addressesOf(cell),
    batchMessages: Math.min(workload.batchMessages, traits.sendLimit.messages),
    sendLimit: traits.sendLimit,
    routing: routingOf(cell),
    scopes: topology.scopes,
    keyed: isKeyed(cell),
    messageGroups: traits.capabilities.includes('message-groups'),
    deduplicationIds: traits.capabilities.includes('deduplication'),
    retry:
      retriedBy === 'harness'
        ? ({ by: retriedBy, attempts: 20, pauseMs: 50 } as const)
        : ({ by: retriedBy } as const),
  } as const;
}

function isKeyed({ traits, scenario }: Cell): boolean {
  return scenario.workload.keyed === true && traits.capabilities.includes('keys');
}

export function newLanes(stage: Stage, actor: number, route: number): LaneSpan {
  const { lanes } = stage.troupe;
  const first = lanes.reduce((next, span) => Math.max(next, span.first + span.count), 0);
  const { keys } = stage.cell.scenario.workload;
  const whole = { first, count: keys, ordered: true, actor, route };
  for (const span of spansOf(whole, stage.cell)) {
    lanes.push(span);
    stage.history.judge.addLanes(span);
  }
  return whole;
}

/** One for each route that its lanes have. */
function spansOf(whole: LaneSpan, { scenario }: Cell): readonly LaneSpan[] {
  const { routing } = scenario.topology;
  if (routing === undefined) return [whole];
  const spans = new Map<number, LaneSpan>();
  for (let bucket = 0; bucket < whole.count; bucket += 1) {
    const route = routeOfBucket(routing, bucket, whole.count);
    const known = spans.get(route) ?? { ...whole, first: whole.first + bucket, count: 0, route };
    spans.set(route, { ...known, count: known.count + 1 });
  }
  return [...spans.values()];
}

function routingOf({ profile, traits, scenario }: Cell): RoutingBy {
  const capabilities = new Set(traits.capabilities);
  if (capabilities.has('partitions')) {
    if (profile.spread === 'composite-key') return 'partitions-in-turn';
    const { partitioner, load, keys } = scenario.workload;
    if (partitioner === undefined) return 'partition';
    const { first, until } = partitioner;
    return { by: 'murmur2', first, untilSeq: Math.ceil((until * load.messages) / keys) };
  }
  return capabilities.has('keys') ? 'key' : 'single';
}

export function commonSpec(stage: Stage, role: ActorSpec['role']) {
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
    loadSeed: cell.loadSeed,
  } as const;
}

export async function spawn(stage: Stage, spec: ActorSpec): Promise<Actor> {
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
