import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AckmarkError } from '../core/errors.ts';
import { hashText } from '../core/random.ts';
import { type RunRecord, runRecord } from './schema.ts';

/** `runs/<time>-<seed>`; the time is UTC and sorts. */
export function runIdOf(startedAt: Date, seed: number): string {
  const time = startedAt.toISOString().slice(0, 19).replaceAll(':', '-');
  return `${time}Z-${seed.toString(16).padStart(8, '0')}`;
}

/**
 * What a run's messages carry. It comes from the whole id, not from the seed alone: a
 * replay on the same broker must not take what an interrupted run left there for its own.
 */
export function runKeyOf(id: string): string {
  return hashText(id).toString(16).padStart(8, '0');
}

/**
 * In the name of everything that a run makes on a broker. Others use the broker too: two machines may begin a run of
 * the same seed in the same second.
 */
export function brokerKeyOf(id: string, machine: string, pid: number): string {
  return `${runKeyOf(id)}${runKeyOf(`${machine} ${pid}`)}`;
}

/** Runs of one seed that start in the same second: more than that is a loop that starts them. */
const maximumTwins = 100;

/** A directory of the run's own, named `id` or, where another run was a moment earlier, `id-2`, `id-3`, … */
export function makeRunDirectory(out: string, id: string): string {
  try {
    mkdirSync(out, { recursive: true });
    for (let twin = 1; twin < maximumTwins; twin += 1) {
      const directory = join(out, twin === 1 ? id : `${id}-${twin}`);
      if (isMade(directory)) return directory;
    }
    throw new Error(`${maximumTwins} runs of this second are there already`);
  } catch (cause) {
    throw new AckmarkError('IO', `cannot make the run directory ${join(out, id)}`, {
      hint: 'Name a writable place with --out.',
      cause,
    });
  }
}

function isMade(directory: string): boolean {
  try {
    mkdirSync(directory);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Written whole or not at all, so that a reader or a crash never meets half a record. */
export function writeRecord(directory: string, record: RunRecord): string {
  const file = join(directory, 'run.json');
  writeFileSync(`${file}.new`, `${JSON.stringify(record)}\n`);
  renameSync(`${file}.new`, file);
  return file;
}

/** `latest` beside the run; replaced by rename, because two runs may end at the same time. */
export function pointLatest(directory: string): void {
  const parent = dirname(directory);
  const next = join(parent, `.latest-${basename(directory)}`);
  rmSync(next, { force: true });
  symlinkSync(basename(directory), next);
  renameSync(next, join(parent, 'latest'));
}

/** The record of a run directory or of a `run.json`; says what is wrong with it otherwise. */
export function readRecord(path: string): {
  readonly record: RunRecord;
  readonly directory: string;
} {
  const file = path.endsWith('.json') ? path : join(path, 'run.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const isAbsent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new AckmarkError(
      'BAD_RUN',
      isAbsent ? `there is no run ${path}` : `${file} cannot be read`,
      {
        hint: 'Name a run directory, for example runs/latest.',
        cause,
      },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AckmarkError('BAD_RUN', `${file} is not JSON`, {
      hint: 'It was cut short or edited; run the cell again.',
      cause,
    });
  }
  const checked = runRecord.safeParse(value);
  if (checked.success) return { record: checked.data, directory: dirname(file) };
  const shown = checked.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  const total = checked.error.issues.length;
  throw new AckmarkError(
    'BAD_RUN',
    `${file} is not a run record of this version:\n${shown.join('\n')}\n(${shown.length} of ${total})`,
    { hint: 'See `ackmark schema run`; a record of another version needs that version.' },
  );
}
