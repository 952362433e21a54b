/** Real workers for the tests of actors, with everything they left behind. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type {
  Actor,
  ActorSpec,
  ConsumerActorSpec,
  Holding,
  ProducerActorSpec,
  TransformerActorSpec,
} from '../../../harness/actors/actor.ts';
import { createWorkerGroup } from '../../../harness/actors/worker-group.ts';
import { readEvent } from '../../../harness/core/event-codec.ts';
import { emptyEvent, eventKindName, type EventRecord } from '../../../harness/core/events.ts';
import { nodeDisk } from '../../../harness/history/node-disk.ts';
import { createRing } from '../../../harness/history/ring.ts';
import { RingReader } from '../../../harness/history/ring-reader.ts';
import type { RingHandle } from '../../../harness/history/sink.ts';
import type { Load } from '../../../scenarios/load.ts';
import { createLog, type Script } from './fixtures/script.ts';

const scripted = new URL('./fixtures/scripted.engine.ts', import.meta.url).href;
export const originNs = process.hrtime.bigint();
export const nowNs = (): number => Number(process.hrtime.bigint() - originNs);
export const run = 77;
export const payloadBytes = 96;

export function openLoad(messages: number, ratePerSecond = 100_000): Load {
  return { kind: 'open', ratePerSecond, messages, warmupMessages: 0, late: 'catch-up' };
}

const scratch = mkdtempSync(join(tmpdir(), 'ackmark-actors-'));
let spills = 0;

function common(script: Partial<Script>) {
  spills += 1;
  return {
    actor: 9,
    name: 'actor-9',
    engineModule: scripted,
    engineOptions: { log: createLog(), ...script },
    target: { kind: 'test', title: 'a script', address: 'nowhere', nodes: 0, settings: {} },
    deployed: {
      topology: {
        destinations: [{ name: 'd', scopes: 4 }],
        subscriptions: [{ name: 's', destination: 0 }],
      },
      effective: [],
      settings: {},
    },
    ring: createRing(4_096, join(scratch, `spill-${spills}`)),
    originNs,
    seed: 5,
    run,
    firstSession: 400,
    payloadBytes,
    loadSeed: 5,
  } as const;
}

export function producerSpec(
  script: Partial<Script>,
  changes: Partial<ProducerActorSpec> = {},
): ProducerActorSpec {
  return {
    role: 'producer',
    ...common(script),
    epoch: 2,
    lanes: { first: 100, count: 4, ordered: true, actor: 9, route: -1 },
    load: openLoad(100),
    keyChoice: { kind: 'in-turn' },
    share: { index: 0, of: 1, from: 0 },
    unheld: Number.POSITIVE_INFINITY,
    lingerMs: 0,
    batchMessages: 10,
    sendLimit: { messages: 1_000, bytes: 1_000_000 },
    routing: 'partition',
    addresses: [],
    messageGroups: false,
    deduplicationIds: false,
    scopes: 4,
    sendReply: 'each',
    retry: { by: 'nobody' },
    pacing: 'sleep',
    settleTimeoutMs: 300,
    ...changes,
  };
}

export function consumerSpec(
  script: Partial<Script>,
  changes: Partial<ConsumerActorSpec> = {},
): ConsumerActorSpec {
  return {
    role: 'consumer',
    ...common(script),
    subscription: 1,
    instance: 'consumer-1',
    consumption: 'settle-after-processing',
    ackReply: script.consumer?.ackReply ?? 'each',
    prefetch: 100,
    settleLimit: { messages: 1_000, bytes: 1_000_000 },
    workMs: 0,
    work: undefined,
    keys: 0,
    addresses: [],
    plant: undefined,
    poison: undefined,
    deadLetters: undefined,
    ...changes,
  };
}

export function transformerSpec(
  script: Partial<Script>,
  changes: Partial<TransformerActorSpec> = {},
): TransformerActorSpec {
  const { plant: _plant, ...reading } = consumerSpec(script);
  const sending = producerSpec(script);
  return {
    ...reading,
    epoch: sending.epoch,
    sendLimit: sending.sendLimit,
    batchMessages: sending.batchMessages,
    routing: sending.routing,
    scopes: sending.scopes,
    messageGroups: sending.messageGroups,
    deduplicationIds: sending.deduplicationIds,
    retry: sending.retry,
    role: 'transformer',
    slot: 3,
    effects: undefined,
    lanes: { first: 100, count: 4, ordered: true, actor: 9, route: 1 },
    transform: { by: 'settlement' },
    ...changes,
  };
}

export function logOf(spec: ActorSpec): SharedArrayBuffer {
  return (spec.engineOptions as Script).log;
}

const group = createWorkerGroup();

/** After all tests of a file: nothing runs and nothing is left on disk. */
export async function clearStage(): Promise<void> {
  await group.close();
  rmSync(scratch, { recursive: true, force: true });
}

export async function spawn(spec: ActorSpec): Promise<Actor> {
  return group.spawn(spec);
}

/** Plays a producer to its own end. */
export async function playProducer(spec: ProducerActorSpec) {
  const actor = await spawn(spec);
  actor.start(nowNs());
  const end = await actor.ended;
  if (end.how !== 'finished') throw end.how === 'failed' ? end.error : new Error(end.how);
  if (end.report.role !== 'producer') throw new Error('not a producer');
  return { actor, report: end.report, events: eventsOf(spec.ring) };
}

/** Plays a consumer until so many copies are decided (settled or processed), then finishes it. */
export async function playConsumer(spec: ConsumerActorSpec, delivered: number) {
  const actor = await spawn(spec);
  actor.start(nowNs());
  await until(() => {
    const counters = actor.counters();
    return counters.delivered >= delivered && counters.unsettledDeliveries === 0;
  });
  actor.finish();
  const end = await actor.ended;
  if (end.how !== 'finished') throw end.how === 'failed' ? end.error : new Error(end.how);
  if (end.report.role !== 'consumer') throw new Error('not a consumer');
  return { actor, report: end.report, events: eventsOf(spec.ring) };
}

/** Plays a transformer until it has nothing in hand and `isDone`, then finishes it. */
export async function playTransformer(spec: TransformerActorSpec, isDone: () => boolean) {
  const actor = await spawn(spec);
  actor.start(nowNs());
  await until(() => isDone() && actor.counters().unsettledDeliveries === 0);
  actor.finish();
  const end = await actor.ended;
  if (end.how !== 'finished') throw end.how === 'failed' ? end.error : new Error(end.how);
  return { actor, report: end.report, events: eventsOf(spec.ring) };
}

/** Polls; the patience is a machine's, and only ends what never comes, with what it was. */
export async function until(isSo: () => boolean, patienceMs = 60_000): Promise<void> {
  const endNs = nowNs() + patienceMs * 1e6;
  while (!isSo()) {
    if (nowNs() > endNs) throw new Error(`not within ${patienceMs} ms: ${isSo.toString()}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}

export function eventsOf(ring: RingHandle): EventRecord[] {
  const reader = new RingReader(ring, nodeDisk);
  const events: EventRecord[] = [];
  for (let count = reader.refill(); count > 0; count = reader.refill()) {
    for (let i = 0; i < count; i += 1) {
      const event = emptyEvent();
      readEvent(reader.block, i, event);
      events.push(event);
    }
  }
  return events;
}

/** Events as short lines, `deliver 3:0`, in order. */
export function linesOf(events: readonly EventRecord[], ...kinds: readonly string[]): string[] {
  return events
    .filter((event) => kinds.length === 0 || kinds.includes(eventKindName[event.kind]))
    .map((event) => {
      const kind = eventKindName[event.kind];
      const outcome = ['', ' ok', ' fail', ' unknown'][event.outcome] ?? '';
      const isOfMessage = event.lane !== 0xffff_ffff;
      return `${kind}${isOfMessage ? ` ${event.lane}:${event.seq}` : ''}${outcome}`;
    });
}

/** A transformer that stands still with so much half transformed, or at another of its steps. */
export async function frozen(
  spec: ActorSpec,
  atLeast: number,
  holding: Holding = 'halfTransformed',
): Promise<Actor> {
  const actor = await spawn(spec);
  actor.freeze(holding, atLeast);
  actor.start(nowNs());
  await until(() => actor.counters().isFrozen);
  return actor;
}
