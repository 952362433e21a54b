import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../harness/check/check.ts';
import type { EventRecord } from '../../../harness/core/events.ts';
import { type CellFacts, plainFacts } from '../../../harness/core/facts.ts';
import { hashText } from '../../../harness/core/random.ts';
import type { Disk } from '../../../harness/history/disk.ts';
import { nodeDisk } from '../../../harness/history/node-disk.ts';
import { SegmentStore } from '../../../harness/history/segments.ts';
import { importLines } from '../../../harness/import/import-lines.ts';
import { type Sidecar, sidecarVersion, writeSidecar } from '../../../harness/import/sidecar.ts';
import { type FoldedHistory, foldHistory } from '../../../harness/run/foreign/fold-history.ts';
import { foldSharded, type PartRunner } from '../../../harness/run/foreign/shards/fold-sharded.ts';
import { mergedResults } from '../../../harness/run/foreign/shards/merged-results.ts';
import { foldCell, foldLanes } from '../../../harness/run/foreign/shards/part.ts';
import { openWorkerPool } from '../../../harness/run/foreign/shards/worker-pool.ts';
import { consumerA, consumerB, historyOf, producer } from '../check/history-of.ts';
import { randomFacts, randomHistory } from '../check/random-history.ts';
import { MemoryDisk } from '../history/memory-disk.ts';
import { arbitraryLines } from '../import/arbitrary-lines.ts';

/** Four ordered lanes and two others, as `judge` of the builder's tests has them. */
function keep(
  events: readonly EventRecord[],
  facts: CellFacts,
  directory: string,
  disk: Disk,
): Sidecar {
  const store = new SegmentStore({
    directory,
    disk,
    run: hashText('r'),
    retention: { mode: 'full', capBytes: Number.MAX_SAFE_INTEGER },
  });
  for (const event of events) store.append(event);
  store.close();
  const none: string[] = [];
  const noNames = { actors: none, groups: none, lanes: none, scopes: none, routes: none };
  const sidecar: Sidecar = {
    ackmarkHistory: sidecarVersion,
    run: 'r',
    events: events.length,
    originMs: 0,
    facts,
    lanes: [
      { first: 0, count: 4, ordered: true, actor: producer, route: -1 },
      { first: 4, count: 2, ordered: false, actor: producer, route: -1 },
    ],
    sendReply: 'each',
    faultsPlanned: 0,
    names: {
      ...noNames,
      sinks: none,
      faults: none,
      errors: none,
      transactions: none,
      transactionalIds: none,
    },
  };
  writeSidecar(directory, disk, sidecar);
  return sidecar;
}

function runnerOn(disk: Disk): PartRunner {
  return {
    cell: (task) => Promise.resolve(foldCell(task, disk)),
    lanes: (task) => Promise.resolve(foldLanes(task, disk)),
  };
}

/** Which of many culprits are kept is chance; how many there are is not. */
function comparable({ judgement, told, read }: FoldedHistory): object {
  const results = judgement.results.map((result) =>
    result.status === 'decided' ? { ...result, culprits: undefined } : result,
  );
  return { ...judgement, results, told, read };
}

describe('a history that is judged in parts', () => {
  it('comes to what one pass over it comes to', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomHistory,
        randomFacts,
        fc.integer({ min: 2, max: 8 }),
        async ({ events }, facts, workers) => {
          const disk = new MemoryDisk();
          const sidecar = keep(events, facts, 'h', disk);
          const whole = foldHistory({ sidecar, directory: 'h' }, disk);
          const parts = await foldSharded('h', workers, runnerOn(disk));
          expect(comparable(parts)).toEqual(comparable(whole));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('whatever kinds of events it has', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryLines, fc.integer({ min: 2, max: 4 }), async (lines, workers) => {
        const disk = new MemoryDisk();
        disk.create('lines').write(Buffer.from(lines.map((line) => `${line}\n`).join('')), 0);
        const { sidecar } = importLines([{ path: 'lines', name: 'lines' }], disk, 'h');
        const whole = foldHistory({ sidecar, directory: 'h' }, disk);
        const parts = await foldSharded('h', workers, runnerOn(disk));
        expect(comparable(parts)).toEqual(comparable(whole));
      }),
    );
  });

  it('counts no chance twice where a changed copy was not delivered besides', async () => {
    const disk = new MemoryDisk();
    const lines = [
      '{"kind":"history","version":1}',
      '{"timeMs":0,"kind":"deliver","actor":"c","group":"g","lane":"a","seq":0}',
      '{"timeMs":0,"kind":"send.invoke","actor":"p","lane":"b","seq":0}',
      '{"timeMs":0,"kind":"corrupt","actor":"c","group":"g","lane":"b","seq":0,"part":"attributes"}',
    ];
    disk.create('lines').write(Buffer.from(`${lines.join('\n')}\n`), 0);
    const { sidecar } = importLines([{ path: 'lines', name: 'lines' }], disk, 'h');
    const whole = foldHistory({ sidecar, directory: 'h' }, disk);
    const parts = await foldSharded('h', 3, runnerOn(disk));
    expect(comparable(parts)).toEqual(comparable(whole));
  });

  it('knows of sessions that had to do with other lanes only', async () => {
    const disk = new MemoryDisk();
    const history = historyOf().sendAll(0, 2).sendAll(3, 1).deliver(3, 0).crash(consumerA);
    history.deliver(0, 1, { to: consumerB }).deliver(0, 0, { to: consumerB });
    const sidecar = keep(history.drained().events, plainFacts, 'h', disk);
    const whole = foldHistory({ sidecar, directory: 'h' }, disk);
    const parts = await foldSharded('h', 7, runnerOn(disk));
    expect(comparable(parts)).toEqual(comparable(whole));
    const reordered = parts.judgement.results.find(({ check }) => check === 'O2');
    expect(reordered).toMatchObject({ count: 0, possible: 1 });
  });

  it('is so on threads, too', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ackmark-shards-'));
    const history = historyOf();
    for (const lane of [0, 1, 2, 3]) history.sendAll(lane, 40);
    for (const lane of [0, 1, 2]) history.deliver(lane, 1).deliver(lane, 0);
    const sidecar = keep(history.drained().events, plainFacts, directory, nodeDisk);
    const pool = await openWorkerPool(3, new AbortController().signal);
    try {
      const parts = await foldSharded(directory, 3, pool);
      const whole = foldHistory({ sidecar, directory }, nodeDisk);
      expect(comparable(parts)).toEqual(comparable(whole));
      const lost = parts.judgement.results.find(({ check }) => check === 'D1');
      expect(lost).toMatchObject({ count: 154, exposure: 160 });
    } finally {
      await pool.close();
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('ends with an interruption when it is interrupted', async () => {
    const interruption = new AbortController();
    const pool = await openWorkerPool(2, interruption.signal);
    interruption.abort();
    await expect(foldSharded('nowhere', 2, pool)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await pool.close();
  });
});

describe('results of parts', () => {
  const decided = (count: number, culprits: number): CheckResult => ({
    status: 'decided',
    check: 'D1',
    count,
    possible: 1,
    exposure: 10,
    classes: { middle: count },
    culprits: Array.from({ length: culprits }, (_, seq) => ({
      about: 'message',
      lane: count,
      seq,
      group: 0,
      note: '',
    })),
  });

  it('add up, with culprits of each', () => {
    const { results, open } = mergedResults([[decided(100, 32)], [decided(3, 3)]]);
    expect(open).toEqual([]);
    expect(results).toMatchObject([
      { count: 103, possible: 2, exposure: 20, classes: { middle: 103 } },
    ]);
    const [merged] = results;
    const culprits = merged?.status === 'decided' ? merged.culprits : [];
    expect(culprits).toHaveLength(32);
    expect(culprits.filter((culprit) => 'lane' in culprit && culprit.lane === 3)).toHaveLength(3);
  });

  it('leave open what one of them could not decide', () => {
    const undecided: CheckResult = { status: 'undecided', check: 'D1', reason: 'because' };
    expect(mergedResults([[decided(1, 1)], [undecided]])).toEqual({ results: [], open: ['D1'] });
  });
});
