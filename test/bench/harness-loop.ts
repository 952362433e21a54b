import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { ProducerActorSpec, ProducerReport } from '../../harness/actors/actor.ts';
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
  readonly report: ProducerReport;
  /** Times of outcomes that end the warm-up and the load. */
  readonly warmNs: number;
  readonly endNs: number;
  readonly events: number;
  readonly spilled: number;
  readonly lost: number;
}

/** One producer as in a cell: worker, ring, merge and, if asked for, every check on the main thread. */
export async function play(
  prepared: Prepared,
  changes: Partial<ProducerActorSpec>,
  isJudged: boolean,
): Promise<Played> {
  const scratch = mkdtempSync(join(tmpdir(), 'ackmark-bench-'));
  const group = createWorkerGroup();
  const collector = new HistoryCollector({ directory: scratch, disk: nodeDisk, mode: 'none', run });
  const originNs = process.hrtime.bigint();
  const nowNs = (): number => Number(process.hrtime.bigint() - originNs);
  const spec = specOf(prepared, originNs, scratch, changes);
  const judge = createJudge({
    ...plainFacts,
    ackReply: prepared.traits.ackReply,
    placed: prepared.traits.capabilities.has('places'),
    leased: prepared.traits.capabilities.has('lease'),
  });
  judge.addLanes(spec.lanes);
  const warm = Math.floor(spec.load.messages * warmupShare);
  let settled = 0;
  let warmNs = 0;
  let endNs = 0;
  collector.listen((event) => {
    if (isJudged) judge.fold(event);
    if (event.kind !== EventKind.sendSettled) return;
    settled += 1;
    if (settled === warm) warmNs = event.timeNs;
    endNs = event.timeNs;
  });
  collector.addActor(spec.actor, spec.ring);
  const poll = setInterval(() => collector.poll(nowNs()), pollMs);
  try {
    const actor = await group.spawn(spec);
    actor.start(nowNs());
    const end = await actor.ended;
    if (end.how !== 'finished') throw end.how === 'failed' ? end.error : new Error(end.how);
    if (end.report.role !== 'producer') throw new Error('not a producer');
    collector.endActor(spec.actor);
    collector.finish();
    const { merged, spilled, lost } = collector.totals();
    return { report: end.report, warmNs, endNs, events: merged, spilled, lost };
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
    cpuMicrosPerMessage: played.report.cpuMicros / messages,
  };
}

function specOf(
  prepared: Prepared,
  originNs: bigint,
  scratch: string,
  changes: Partial<ProducerActorSpec>,
): ProducerActorSpec {
  const { traits, workload } = prepared;
  return {
    role: 'producer',
    actor: 1,
    name: 'bench-producer',
    engineModule: prepared.module,
    engineOptions: prepared.options,
    target: prepared.target,
    deployed: prepared.deployed,
    ring: createRing(ringRecords, join(scratch, 'ring.spill')),
    originNs,
    seed: 1,
    loadSeed: 1,
    run,
    firstSession: 0,
    payloadBytes: workload.payloadBytes,
    epoch: 0,
    lanes: { first: 0, count: keys, ordered: true, actor: 1, route: -1 },
    load: {
      kind: 'closed',
      window: workload.window,
      messages: workload.messages,
      warmupMessages: Math.floor(workload.messages * warmupShare),
    },
    keyChoice: { kind: 'in-turn' },
    share: { index: 0, of: 1, from: 0 },
    unheld: workload.messages,
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
