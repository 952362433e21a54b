import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { shellWord } from '../core/shell-word.ts';
import { bornAt } from '../provision/born-at.ts';
import type { Host } from './host.ts';
import { isRunning } from './is-running.ts';
import { readKeptFile } from './kept-file.ts';
import { cacheDirectoryOf } from './cache-directory.ts';

/** A target that `ackmark up` keeps running, as its keeper process wrote it down. */
const keptTarget = z.strictObject({
  pid: z.number().int().positive(),
  /** When the keeper started, so that another process with its id is not taken for it; empty: unknown. */
  born: z.string(),
  title: z.string(),
  address: z.string(),
});
export type KeptTarget = z.infer<typeof keptTarget>;

type Place = Pick<Host, 'environment' | 'directory'>;

/** What `up` and `down` are given. */
export interface Wish {
  /** Its id, or the path of its module. */
  readonly engine: string;
  /** One of its provisioners; undefined: the engine’s own default. */
  readonly target: string | undefined;
}

/** What a kept target is found again by: of one engine several kinds may run beside each other. */
export function keptName({ engine, target }: Wish): string {
  return target === undefined ? engine : `${engine}@${target}`;
}

/** The same as it is typed. */
export function wordsOf({ engine, target }: Wish): string {
  return target === undefined
    ? shellWord(engine)
    : `${shellWord(engine)} --target ${shellWord(target)}`;
}

/** Where the keeper of a target writes what it has to say. */
export function keptLog(host: Place, name: string): string {
  return join(directoryOf(host), `${keyOf(host, name)}.log`);
}

export function keptFile(host: Place, name: string): string {
  return join(directoryOf(host), `${keyOf(host, name)}.json`);
}

/** Makes the place for log and file of a kept target. */
export function prepareKept(host: Place): void {
  mkdirSync(directoryOf(host), { recursive: true });
}

/** The target that runs under that name; a file that is damaged or whose keeper is gone is removed. */
export function readKept(host: Place & Pick<Host, 'kill'>, name: string): KeptTarget | undefined {
  const file = keptFile(host, name);
  const kept = readKeptFile(file, keptTarget);
  if (kept.is === 'absent') return undefined;
  if (kept.is === 'whole' && keeps(host, kept.value)) return kept.value;
  rmSync(file, { force: true });
  return undefined;
}

/** Written whole or not at all: whoever waits for it must not read half of it. */
export function writeKept(host: Place, name: string, kept: Omit<KeptTarget, 'born'>): void {
  const file = keptFile(host, name);
  prepareKept(host);
  writeFileSync(`${file}.new`, JSON.stringify({ ...kept, born: bornAt(kept.pid) }));
  renameSync(`${file}.new`, file);
}

/** Whether the keeper of `kept` still runs. */
export function keeps(host: Pick<Host, 'kill'>, { pid, born }: KeptTarget): boolean {
  if (!isRunning(host, pid)) return false;
  const now = bornAt(pid);
  return now === '' || born === '' || now === born;
}

function directoryOf(host: Place): string {
  return join(cacheDirectoryOf(host.environment), 'up');
}

/** The name of an engine is a file name as it is; the path of a module gets one that leads nowhere else. */
function keyOf(host: Place, name: string): string {
  if (/^\w[\w@-]*$/.test(name)) return name;
  const path = resolve(host.directory, name);
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return `${basename(path)
    .replaceAll(/[^\w@-]/g, '_')
    .slice(0, 60)}.${digest}`;
}
