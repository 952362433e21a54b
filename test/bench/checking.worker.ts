/** One judgement of a planted history in a process of its own, so that its memory can be seen; see checking.ts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { checkModules } from '../../harness/check/catalog.ts';
import { createJudge, type Judge } from '../../harness/check/judge.ts';
import { type Level, mustForbid } from '../../harness/core/clauses.ts';
import { plainFacts } from '../../harness/core/facts.ts';
import { nodeDisk } from '../../harness/history/node-disk.ts';
import { readHistory } from '../../harness/history/reader.ts';
import { SegmentStore } from '../../harness/history/segments.ts';
import type { CheckingReport, CheckingTask } from './checking.ts';
import { lanesOf, type Planted, playPlanted } from './planted-history.ts';

function judgeFor(level: Level, task: CheckingTask): Judge {
  const must = mustForbid(level, ['per-key-order']);
  const judge = createJudge(
    { ...plainFacts, placed: true },
    { seed: 1, checks: checkModules.filter(({ id }) => must.includes(id)) },
  );
  judge.addLanes(lanesOf(task));
  return judge;
}

function seconds(act: () => void): number {
  const startNs = process.hrtime.bigint();
  act();
  return Number(process.hrtime.bigint() - startNs) / 1e9;
}

/** The same history without a judge: what of the time is the generator's own. */
function generatorSeconds(task: CheckingTask): number {
  const messages = Math.min(task.messages, 10_000_000);
  let seen = 0;
  const took = seconds(() => {
    playPlanted({ ...task, messages }, (event) => {
      seen += event.seq & 1;
    });
  });
  return seen < 0 ? 0 : (took * task.messages) / messages;
}

function fromMemory(task: CheckingTask, judge: Judge): [Planted, number] {
  let planted: Planted | undefined;
  const took = seconds(() => {
    planted = playPlanted(task, (event) => judge.fold(event));
  });
  if (planted === undefined) throw new Error('nothing was played');
  return [planted, took - generatorSeconds(task)];
}

function fromDisk(task: CheckingTask, judge: Judge): [Planted, number] {
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-bench-'));
  try {
    const store = new SegmentStore({
      directory,
      disk: nodeDisk,
      run: 1,
      retention: { mode: 'full', capBytes: Number.MAX_SAFE_INTEGER },
    });
    const planted = playPlanted(task, (event) => store.append(event));
    store.close();
    const took = seconds(() => {
      const read = readHistory(directory, nodeDisk, (event) => judge.fold(event));
      if (read.problem !== undefined) throw read.problem;
    });
    return [planted, took];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function report(task: CheckingTask): CheckingReport {
  const judge = judgeFor(task.level, task);
  const [planted, judgingSeconds] =
    task.from === 'disk' ? fromDisk(task, judge) : fromMemory(task, judge);
  const found = Object.fromEntries(
    judge
      .finish()
      .results.map((result) => [
        result.check,
        result.status === 'decided' ? result.count : result.status,
      ]),
  );
  const { maxRSS } = process.resourceUsage();
  return {
    planted,
    judgingSeconds,
    found,
    residentBytes: maxRSS * 1024,
    stateBytes: judge.bytes(),
  };
}

const task: CheckingTask = JSON.parse(process.argv[2] ?? '');
process.stdout.write(JSON.stringify(report(task)));
