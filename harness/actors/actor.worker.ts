/** The thread of one actor: loads its engine, opens its session and plays its role until it ends. */
import { performance, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import { type Clock, clockFrom } from '../core/clock.ts';
import { invariant, toErrorRecord } from '../core/errors.ts';
import { randomFrom } from '../core/random.ts';
import { nodeDisk } from '../history/node-disk.ts';
import { RingWriter } from '../history/ring.ts';
import { prepareRecorders } from '../measure/latency-recorder.ts';
import { loopLookMs, type PauseReport, ThreadPauses } from '../measure/thread-pauses.ts';
import type { ActorSpec, Holding } from './actor.ts';
import { CounterSlot, thawGate } from './counters.ts';
import { ConsumerRole } from './consumer-role.ts';
import { loadEngine } from './load-engine.ts';
import { ProducerRole } from './producer-role.ts';
import type { ActorWorkerData, FromActor, ToActor } from './protocol.ts';
import { TransformerRole } from './transformer-role.ts';
import { actorFailure, type Role, type RoleContext } from './role.ts';

invariant(parentPort !== null, 'an actor runs in a worker thread');
const port = parentPort;
const { spec, counters } = workerData as ActorWorkerData;

function tell(message: FromActor): void {
  port.postMessage(message);
}

/** The last word: whatever else the engine has going ends with the thread. */
function end(message: FromActor): void {
  tell(message);
  port.close();
  process.exit();
}

function fail(error: unknown): void {
  end({ is: 'failed', error: toErrorRecord(actorFailure(spec.name, error)) });
}

function roleOf(actor: ActorSpec, context: RoleContext): Role {
  switch (actor.role) {
    case 'producer':
      return new ProducerRole(actor, context);
    case 'consumer':
      return new ConsumerRole(actor, context);
    case 'transformer':
      return new TransformerRole(actor, context);
  }
}

function stall(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
}

/**
 * Work is half done from its first half to the answer of the second. Whoever is to be met between the two is not
 * looked at before it has done another first half: of that which is done by now the second may be on its way.
 */
function freezeAnew(holding: Holding, atLeast: number, slots: Float64Array): void {
  const halves = slots[CounterSlot.halves] as number;
  const look = (): void => {
    const isFormer = slots[CounterSlot.halves] === halves;
    const isHalf = (slots[CounterSlot.halfTransformed] as number) > 0;
    if (isFormer && isHalf) setImmediate(look);
    else freeze(holding, atLeast, slots);
  };
  if (holding === 'halfTransformed') look();
  else freeze(holding, atLeast, slots);
}

/** Looks once in every turn of the event loop: after the sends of a turn, before the next answers. */
function freeze(holding: Holding, atLeast: number, slots: Float64Array): void {
  if ((slots[CounterSlot[holding]] as number) < atLeast) {
    setImmediate(() => freeze(holding, atLeast, slots));
    return;
  }
  slots[CounterSlot.isFrozen] = 1;
  Atomics.wait(thawGate(counters), 0, 0);
  slots[CounterSlot.isFrozen] = 0;
}

/** Watches this thread until what it returns is called. */
function watchPauses(clock: Clock): () => PauseReport {
  const pauses = new ThreadPauses();
  const toRunNs = clock.nowNs() - performance.now() * 1e6;
  const note = (entries: readonly PerformanceEntry[]): void => {
    for (const { startTime, duration } of entries) {
      pauses.collected(startTime * 1e6 + toRunNs, duration * 1e6);
    }
  };
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  let dueNs = clock.nowNs() + loopLookMs * 1e6;
  const timer = setInterval(() => {
    const nowNs = clock.nowNs();
    pauses.looked(nowNs, nowNs - dueNs);
    dueNs = nowNs + loopLookMs * 1e6;
  }, loopLookMs);
  return () => {
    clearInterval(timer);
    note(observer.takeRecords());
    observer.disconnect();
    return pauses.finish();
  };
}

async function play(): Promise<void> {
  await prepareRecorders();
  const context: RoleContext = {
    engine: await loadEngine(spec.engineModule),
    clock: clockFrom(() => process.hrtime.bigint(), spec.originNs),
    random: randomFrom(spec.seed).fork(spec.name),
    events: new RingWriter(spec.ring, nodeDisk),
    counters: new Float64Array(counters),
    cpuMicros: () => {
      const { user, system } = process.threadCpuUsage();
      return user + system;
    },
  };
  const role = roleOf(spec, context);
  port.on('message', (message: ToActor) => {
    switch (message.do) {
      case 'start':
        return role.start(message.atNs);
      case 'finish':
        return role.finish();
      case 'fence':
        return void role.fence().then((well) => tell({ is: 'fenced', id: message.id, well }));
      case 'stall':
        return stall(message.durationMs);
      case 'freeze':
        return freezeAnew(message.holding, message.atLeast, context.counters);
    }
  });
  const pauses = watchPauses(context.clock);
  const ended = role.ended.then(
    (report): FromActor => ({ is: 'finished', report, pauses: pauses() }),
  );
  await Promise.race([role.open(), ended]);
  tell({ is: 'ready' });
  end(await ended);
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
play().catch(fail);
