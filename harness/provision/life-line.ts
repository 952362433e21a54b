import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { bornAt } from './born-at.ts';

/**
 * What ties a child's life to ours. On Linux `setpriv --pdeathsig KILL` lets the kernel do it, also when
 * we are killed with SIGKILL. Everywhere a pid file is kept as well, and whatever a dead harness left is
 * swept at the next start.
 */
export interface LifeLine {
  readonly guard: readonly string[];
  remember(pid: number): void;
  forget(pid: number): void;
  /** Names a temporary directory (`ackmark-…`) that is to go with us; the owner removes it when all ends well. */
  rememberDirectory(path: string): void;
  /** Removes our pid file: nothing of ours runs any more. */
  close(): void;
}

export type KillProcess = (pid: number, signal: NodeJS.Signals) => void;

interface Remembered {
  readonly pid: number;
  /** Kernel start time of the process, so that a recycled pid is never killed. */
  readonly born: string;
}

export function openLifeLine(directory: string, ownPid: number, kill: KillProcess): LifeLine {
  mkdirSync(directory, { recursive: true });
  sweep(directory, kill);
  const file = join(directory, `${ownPid}.json`);
  const own = bornAt(ownPid);
  let children: Remembered[] = [];
  const directories: string[] = [];
  // Written whole or not at all: whoever starts meanwhile sweeps this directory.
  const save = (): void => {
    writeFileSync(`${file}.new`, JSON.stringify({ owner: own, children, directories }));
    renameSync(`${file}.new`, file);
  };
  return {
    guard: existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--'] : [],
    remember: (pid) => {
      children.push({ pid, born: bornAt(pid) });
      save();
    },
    forget: (pid) => {
      children = children.filter((child) => child.pid !== pid);
      save();
    },
    rememberDirectory: (path) => {
      directories.push(path);
      save();
    },
    close: () => rmSync(file, { force: true }),
  };
}

function sweep(directory: string, kill: KillProcess): void {
  for (const name of readdirSync(directory)) {
    const owner = Number(/^\d+/.exec(name)?.[0]);
    const file = join(directory, name);
    const left = readPidFile(file);
    if (left === undefined) {
      // Its owner may be about to write it; who is gone never will.
      if (bornAt(owner) === '') rmSync(file, { force: true });
      continue;
    }
    if (left.owner !== '' && bornAt(owner) === left.owner) continue;
    for (const child of left.children) {
      if (child.born !== '' && bornAt(child.pid) === child.born) killIfThere(child.pid, kill);
    }
    for (const path of left.directories.filter(isOurs)) {
      rmSync(path, { recursive: true, force: true });
    }
    rmSync(file, { force: true });
  }
}

/** Another harness may sweep the same dead one's children at this moment. */
function killIfThere(pid: number, kill: KillProcess): void {
  try {
    kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** A pid file is only a file: nothing but our own temporary directories is removed on its word. */
function isOurs(path: string): boolean {
  return isAbsolute(path) && basename(path).startsWith('ackmark-');
}

const pidFile = z.object({
  owner: z.string(),
  children: z.array(z.object({ pid: z.number(), born: z.string() })),
  directories: z.array(z.string()).default([]),
});

function readPidFile(file: string): z.infer<typeof pidFile> | undefined {
  try {
    const checked = pidFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return checked.success ? checked.data : undefined;
  } catch {
    // Half written, or cut short by a power loss: it names nobody.
    return undefined;
  }
}
