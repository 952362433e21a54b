import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { ProducerActorSpec, ProducerReport } from '../../harness/actors/actor.ts';
import { shareOf } from '../../harness/actors/arrivals/share.ts';
import { createWorkerGroup } from '../../harness/actors/worker-group.ts';
import { plainFacts } from '../../harness/core/facts.ts';
import { createJudge } from '../../harness/check/judge.ts';
import { EventKind } from '../../harness/core/events.ts';
import { HistoryCollector } from '../../harness/history/collector.ts';
import { nodeDisk } from '../../harness/history/node-disk.ts';
import { createRing } from '../../harness/history/ring.ts';
import type { LoopResult } from './pairs.ts';
import { keys, type Prepared, scopes, warmupShare } from './workload.ts';

const ringRecords = 65_536;
const pollMs = 2;
const run = 1;

export interface Played {
  /** One of each producer. */
  readonly reports: readonly ProducerReport[];
  /** Times of outcomes that end the warm-up and the load. */
  readonly warmNs: number;
  readonly endNs: number;
  readonly events: number;
  /** Whether the events of all producers were one sequence in the order of time. */
  readonly isOneSequence: boolean;
  readonly spilled: number;
  readonly lost: number;
}

/** Producers as in a cell: a worker and a ring each, merge and, if asked for, every check on the main thread. */
export async function play(
  prepared: Prepared,
  changes: Partial<ProducerActorSpec>,
  isJudged: boolean,
  producers = 1,
): Promise<Played> {
  const scratch = mkdtempSync(join(tmpdir(), 'ackmark-bench-'));
  const group = createWorkerGroup();
  const collector = new HistoryCollector({ directory: scratch, disk: nodeDisk, mode: 'none', run });
  const originNs = process.hrtime.bigint();
  const nowNs = (): number => Number(process.hrtime.bigint() - originNs);
  const specs = Array.from({ length: producers }, (_, index) =>
    specOf({ ...prepared, originNs, scratch }, { index, of: producers, from: 0 }, changes),
  );
  const judge = createJudge({
    ...plainFacts,
    ackReply: prepared.traits.ackReply,
    placed: prepared.traits.capabilities.has('places'),
    leased: prepared.traits.capabilities.has('lease'),
  });
  for (const { lanes } of specs) judge.addLanes(lanes);
  const warm = Math.floor(prepared.workload.messages * warmupShare);
  let settled = 0;
  let warmNs = 0;
  let endNs = 0;
  let lastNs = 0;
  let isOneSequence = true;
  collector.listen((event) => {
    isOneSequence &&= event.timeNs >= lastNs;
    lastNs = event.timeNs;
    if (isJudged) judge.fold(event);
    if (event.kind !== EventKind.sendSettled) return;
    settled += 1;
    if (settled === warm) warmNs = event.timeNs;
    endNs = event.timeNs;
  });
  for (const spec of specs) collector.addActor(spec.actor, spec.ring);
  const poll = setInterval(() => collector.poll(nowNs()), pollMs);
  try {
    const actors = await Promise.all(specs.map((spec) => group.spawn(spec)));
    const startNs = nowNs();
    for (const actor of actors) actor.start(startNs);
    const reports = await Promise.all(
      actors.map(async (actor) => {
        const end = await actor.ended;
        collector.endActor(actor.spec.actor);
        if (end.how !== 'finished') throw end.how === 'failed' ? end.error : new Error(end.how);
        if (end.report.role !== 'producer') throw new Error('not a producer');
        return end.report;
      }),
    );
    collector.finish();
    const { merged, spilled, lost } = collector.totals();
    return { reports, warmNs, endNs, events: merged, isOneSequence, spilled, lost };
  } finally {
    clearInterval(poll);
    await group.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

export async function harnessLoop(prepared: Prepared): Promise<LoopResult> {
  const played = await play(prepared, {}, true);
  const { messages } = prepared.workload;
  const timed = messages - Math.floor(messages * warmupShare);
  return {
    messagesPerSecond: (timed * 1e9) / (played.endNs - played.warmNs),
    cpuMicrosPerMessage: cpuMicrosOf(played) / timed,
  };
}

/** Of all producers, after the warm-up. */
export function cpuMicrosOf({ reports }: Played): number {
  return reports.reduce((sum, { measuredCpuMicros }) => sum + measuredCpuMicros, 0);
}

/** The part of one of several producers, with lanes, sessions and a ring of its own. */
function specOf(
  { originNs, scratch, ...prepared }: Prepared & { originNs: bigint; scratch: string },
  share: ProducerActorSpec['share'],
  changes: Partial<ProducerActorSpec>,
): ProducerActorSpec {
  const { traits, workload } = prepared;
  const actor = share.index + 1;
  const messages = shareOf(workload.messages, share.index, share.of);
  return {
    role: 'producer',
    actor,
    name: `bench-producer-${actor}`,
    engineModule: prepared.module,
    engineOptions: prepared.options,
    target: prepared.target,
    deployed: prepared.deployed,
    ring: createRing(ringRecords, join(scratch, `ring-${actor}.spill`)),
    originNs,
    seed: 1,
    loadSeed: 1,
    run,
    firstSession: share.index * 65_536,
    payloadBytes: workload.payloadBytes,
    epoch: 0,
    lanes: { first: share.index * keys, count: keys, ordered: true, actor, route: -1 },
    load: {
      kind: 'closed',
      window: workload.window,
      messages,
      warmupMessages: Math.floor(messages * warmupShare),
    },
    keyChoice: { kind: 'in-turn' },
    share,
    unheld: messages,
    lingerMs: 1_000,
    batchMessages: workload.batch,
    sendLimit: traits.sendLimit,
    routing: traits.capabilities.has('partitions') ? 'partition' : 'single',
    scopes,
    messageGroups: false,
    addresses: [],
    deduplicationIds: false,
    sendReply: traits.sendReply,
    retry: { by: 'nobody' },
    pacing: 'sleep',
    settleTimeoutMs: 10_000,
    ...changes,
  };
}
