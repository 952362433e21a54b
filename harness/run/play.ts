import type { Actor } from '../actors/actor.ts';
import { AckmarkError } from '../core/errors.ts';
import { bringConsumer, castTransformer } from './cast.ts';
import { castProducers } from './cast-producer.ts';
import { atLimitOf } from './dead-letters.ts';
import { type Drain, drain } from './drain.ts';
import type { WarmUpRecord } from '../record/load-schema.ts';
import type { FaultRecord } from '../record/schema.ts';
import { directFaults } from './fault-director.ts';
import { followStages } from './load-stages.ts';
import { isBacklog } from './is-backlog.ts';
import { loadTimeoutMs } from './load-timeout.ts';
import { type BrokerUse, watchLoad } from './load-watch.ts';
import { readEffectsBack } from './outside-effects.ts';
import { readRowsBack } from './rows-read-back.ts';
import type { Stage } from './stage.ts';
import { tapsOf } from './taps.ts';
import { transformerGroup } from './transformation.ts';
import { sleep, waitUntil } from './waiting.ts';
import { warmUp } from './warm-up.ts';

/** Time between the last actor's readiness and the timetable's zero. */
const leadMs = 20;
/** How often the end of the load is looked for and progress told. */
const loadPollMs = 20;
const leaveTimeoutMs = 10_000;

export interface CpuReading {
  readonly atNs: number;
  readonly harnessMicros: number;
  /** Of it, what merging and judging took. */
  readonly checkingMicros: number;
  /** Of each node that was started here; undefined where it cannot be read. */
  readonly nodes: readonly { readonly name: string; readonly micros: number | undefined }[];
}

export interface Play {
  readonly faults: readonly FaultRecord[];
  readonly drain: Drain;
  readonly drainStartNs: number;
  readonly warmUp: WarmUpRecord | undefined;
  /** At the start of the load and when the drain was over. */
  readonly cpu: { readonly before: CpuReading; readonly after: CpuReading };
  /** How busy broker and machine were under the load. */
  readonly use: BrokerUse;
  /** What went unlike the plan; each makes the cell inconclusive. */
  readonly irregularities: readonly string[];
}

/** The cell itself: load, faults, drain, leave. Everything it did is in the history when it returns. */
export async function play(stage: Stage, readCpu: () => CpuReading): Promise<Play> {
  const { clock, signal } = stage.environment;
  const irregularities: string[] = [];
  await castAll(stage);
  const failure = Promise.race([firstFailure(stage), stage.history.failure]);
  // Between two races nobody listens, and a failure then must wait for the next one.
  failure.catch(() => undefined);
  const before = readCpu();
  const isWarming = stage.cell.scenario.workload.load.warmupMessages !== 0;
  stage.phases.enter(isWarming ? 'warmup' : 'load');
  const { faults, warmedUp, isEnded, use } = await underLoad(stage, failure);
  if (!isEnded) {
    irregularities.push(`a producer did not end within ${loadTimeoutMs(stage) / 1000} s`);
    for (const producer of stage.troupe.producers) producer.finish();
    await sleep(1_000, signal);
  }
  stage.phases.enter('drain');
  const drainStartNs = clock.nowNs();
  if (isBacklog(stage)) await Promise.race([castConsumers(stage), failure]);
  const drained = await Promise.race([drain(stage), failure]);
  if (drained.complete) {
    await readEffectsBack(stage);
    readRowsBack(stage);
  }
  const after = readCpu();
  for (const reader of [...stage.troupe.transformers, ...stage.troupe.consumers]) reader.finish();
  const left = await waitUntil(
    () => stage.troupe.livingReaders().length === 0,
    leaveTimeoutMs,
    5,
    signal,
  );
  if (!left)
    irregularities.push(
      `a consumer or transformer did not leave within ${leaveTimeoutMs / 1000} s`,
    );
  stage.phases.enter('end');
  await stage.workers.close();
  return {
    faults,
    drain: drained,
    drainStartNs,
    warmUp: warmedUp,
    cpu: { before, after },
    use,
    irregularities,
  };
}

interface Loaded {
  readonly faults: readonly FaultRecord[];
  readonly warmedUp: WarmUpRecord | undefined;
  readonly isEnded: boolean;
  readonly use: BrokerUse;
}

async function underLoad(stage: Stage, failure: Promise<never>): Promise<Loaded> {
  const watch = watchLoad(stage);
  try {
    const startNs = stage.environment.clock.nowNs() + leadMs * 1e6;
    for (const producer of stage.troupe.producers) producer.start(startNs);
    const [faults, warmedUp] = await Promise.race([
      Promise.all([directFaults(stage), warmUp(stage), followStages(stage, startNs)]),
      failure,
    ]);
    const isEnded = await Promise.race([loadEnded(stage), failure]);
    return { faults, warmedUp, isEnded, use: watch.stop() };
  } finally {
    watch.stop();
  }
}

async function castAll(stage: Stage): Promise<void> {
  const { workload } = stage.cell.scenario;
  const consumers = isBacklog(stage) ? [] : [castConsumers(stage)];
  const transformers = Array.from({ length: workload.transformers }, (_, slot) =>
    castTransformer(stage, slot),
  );
  await Promise.all([...consumers, ...transformers, castProducers(stage)]);
}

/** A backlog waits until all of them have joined: what the first took alone would tell of one consumer. */
async function castConsumers(stage: Stage): Promise<void> {
  const brought = broughtConsumers(stage);
  const joined = isBacklog(stage) ? Promise.all(brought) : undefined;
  const start = async (one: Promise<Actor>): Promise<void> => {
    const actor = await one;
    await joined;
    actor.start(stage.environment.clock.nowNs());
  };
  await Promise.all(brought.map(start));
}

function broughtConsumers(stage: Stage): readonly Promise<Actor>[] {
  const { workload, topology } = stage.cell.scenario;
  // Where messages are transformed, the first subscription is not the consumers'.
  const first = workload.transformers > 0 ? transformerGroup + 1 : 0;
  const consumers = Array.from({ length: workload.consumers }, (_, index) =>
    bringConsumer(stage, first + (index % (topology.subscriptions - first))),
  );
  const atLimit = atLimitOf(stage.cell);
  const waits = stage.cell.scenario.faults.some(({ kind }) => kind === 'redrive');
  if (atLimit.becomes === 'dead-letter' && !waits) {
    consumers.push(bringConsumer(stage, atLimit.reader));
  }
  for (const { tap, group, deadLetters } of tapsOf(stage.cell.scenario)) {
    const own = Array.from({ length: tap.consumers }, () => bringConsumer(stage, group));
    consumers.push(...own);
    if (deadLetters !== undefined) consumers.push(bringConsumer(stage, deadLetters.group));
  }
  return consumers;
}

async function loadEnded(stage: Stage): Promise<boolean> {
  const { load } = stage.cell.scenario.workload;
  return waitUntil(
    () => {
      stage.environment.progress.sent(stage.cell.id, stage.troupe.sent(), load.messages);
      return stage.troupe.livingProducers().length === 0;
    },
    loadTimeoutMs(stage),
    loadPollMs,
    stage.environment.signal,
  );
}

/** Rejects when an actor fails, also one that is cast later; never resolves. */
function firstFailure(stage: Stage): Promise<never> {
  return new Promise<never>((_, reject) => {
    stage.troupe.onEnter((actor: Actor) => {
      void actor.ended.then((end) => {
        if (end.how !== 'failed') return;
        reject(
          end.error instanceof AckmarkError
            ? end.error
            : new AckmarkError('ACTOR_FAILED', `${actor.spec.name} failed`, {
                hint: 'Run the cell alone with the replay command; the cause is below.',
                cause: end.error,
              }),
        );
      });
    });
  });
}
