import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { isJudged } from '../../harness/record/cell-questions.ts';
import type { JudgedCell, RunRecord } from '../../harness/record/schema.ts';
import { recordedRun } from './recorded-run.ts';

const bucket = fileURLToPath(new URL('../acceptance/token-bucket/engine.ts', import.meta.url));
const rounds = 5;
/** Two for each core: whoever wakes up finds none free. */
const hogs = 2 * availableParallelism();

export interface Condition {
  readonly name: string;
  readonly rounds: number;
  /** Rounds in which the right side was blamed, or nobody where nobody was to blame. */
  readonly right: number;
  readonly latenessP99Ns: readonly number[];
  readonly responseP99Ns: readonly number[];
  /** Why rounds were not right, or what they were invalid for. */
  readonly reasons: readonly string[];
}

interface Told {
  readonly isValid: boolean;
  readonly reasons: readonly string[];
  readonly blamesGenerator: boolean;
}

/**
 * Whether the right side is blamed: the same load on a quiet machine, beside processes that take every core, and on a
 * broker that gives out less than it is sent.
 */
export async function measureHog(): Promise<readonly Condition[]> {
  const out = mkdtempSync(join(tmpdir(), 'ackmark-bench-'));
  const steady = (engine: string, rate: number, messages: number): readonly string[] =>
    ['--engine', engine, '--scenario', 'steady', '--rounds', `${rounds}`].concat([
      '--rate',
      `${rate}`,
      '--messages',
      `${messages}`,
    ]);
  const fast = steady('log@acks-1', 5_000, 20_000);
  try {
    const calm = await recordedRun(fast, 1, out);
    const hogged = await beside(() => recordedRun(fast, 2, out));
    const slow = await recordedRun(steady(`${bucket}@bucket`, 3_000, 12_000), 3, out);
    return [
      conditionOf('quiet: valid', calm, ({ isValid }) => isValid),
      conditionOf(`beside ${hogs} hogs: invalid`, hogged, ({ isValid }) => !isValid),
      conditionOf('slow broker: not the generator', slow, (told) => !told.blamesGenerator),
    ];
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

async function beside<T>(work: () => Promise<T>): Promise<T> {
  const children = Array.from({ length: hogs }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  try {
    return await work();
  } finally {
    await Promise.all(children.map(end));
  }
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function conditionOf(
  name: string,
  { cells }: RunRecord,
  isRight: (told: Told) => boolean,
): Condition {
  const judged = cells.filter(isJudged);
  const told = judged.map(toldOf);
  const figures = judged.flatMap(({ performance }) =>
    performance.status === 'untimed' ? [] : [performance.figures],
  );
  return {
    name,
    rounds: cells.length,
    right: told.filter(isRight).length,
    latenessP99Ns: figures.map(({ lateness }) => lateness.p99Ns),
    responseP99Ns: figures.map(({ endToEndResponse }) => endToEndResponse.p99Ns),
    reasons: [...new Set(told.flatMap(({ reasons }) => reasons))],
  };
}

function toldOf({ performance }: JudgedCell): Told {
  const reasons = performance.status === 'invalid' ? performance.reasons : [];
  const blamesGenerator = reasons.some(
    (reason) => reason.startsWith('the generator was late') || reason.startsWith('driver-limited'),
  );
  return { isValid: performance.status === 'valid', reasons, blamesGenerator };
}
