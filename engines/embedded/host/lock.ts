import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTicksOf } from '../../../harness/core/process-start.ts';

export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse';
}

/** As `process.kill`: throws ESRCH or EPERM. */
export type Signal = (pid: number, signal: 0) => unknown;

/**
 * One broker per data directory: a file `lock` that names its process. A process that was killed leaves
 * it behind, so a lock counts only while its process lives; the start time recorded with the id tells it
 * from another process that was given the same id later (Linux; elsewhere the id alone decides).
 *
 * @param signal sends a signal to a process; 0 only asks whether it is there
 * @returns releases the lock @throws DirectoryInUse
 */
export function lockDirectory(directory: string, pid: number, signal: Signal): () => void {
  const path = join(directory, 'lock');
  const own = join(directory, `lock.${pid}`);
  const content = `${pid} ${startTime(pid)}\n`;
  writeFileSync(own, content);
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (tryLink(own, path)) return () => unlinkSync(path);
      removeIfDead(path, join(directory, `lock.stale.${pid}`), directory, signal);
    }
  } finally {
    unlinkSync(own);
  }
  throw new DirectoryInUse(`${directory} is being locked by other processes`);
}

function tryLink(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Renames before it removes: of several processes that find a dead lock only one gets it. */
function removeIfDead(path: string, aside: string, directory: string, signal: Signal): void {
  const holder = readHolder(path);
  if (holder === undefined) return;
  if (isAlive(holder, signal)) throw inUse(directory, holder.pid);
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  const taken = readHolder(aside);
  if (taken !== undefined && isAlive(taken, signal)) {
    // Another process had replaced the dead lock by its own in between.
    renameSync(aside, path);
    throw inUse(directory, taken.pid);
  }
  unlinkSync(aside);
}

interface Holder {
  readonly pid: number;
  readonly startTime: string;
}

function readHolder(path: string): Holder | undefined {
  try {
    const [pid = '', startTime = ''] = readFileSync(path, 'utf8').trim().split(' ');
    return { pid: Number(pid), startTime };
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isAlive(holder: Holder, signal: Signal): boolean {
  if (!Number.isInteger(holder.pid) || holder.pid <= 0) return false;
  try {
    signal(holder.pid, 0);
  } catch (error) {
    return isCode(error, 'EPERM');
  }
  const now = startTime(holder.pid);
  return now === '' || holder.startTime === '' || now === holder.startTime;
}

/** Empty when the process is gone or the system has no /proc. */
function startTime(pid: number): string {
  try {
    return startTicksOf(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return '';
  }
}

function inUse(directory: string, pid: number): DirectoryInUse {
  return new DirectoryInUse(`${directory} is in use by process ${pid}`);
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
