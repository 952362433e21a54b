import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedEngine } from '../plan/cell.ts';
import type { BurdenRecord } from '../record/burden-schema.ts';
import type { LiveTarget } from './live-target.ts';

/** Null where somebody else started the system: what it takes there is not seen from here. */
export function burdenOf(
  { access }: Pick<LiveTarget, 'access'>,
  { settings }: Pick<PlannedEngine, 'settings'>,
): BurdenRecord | null {
  if (access.kind === 'external') return null;
  const { startedInMs, nodes, directory } = access;
  return {
    startMs: startedInMs,
    nodes: nodes.length,
    settings: Object.keys(settings).length,
    dataBytes: bytesIn(directory),
  };
}

/**
 * Blocks that are allocated: a segment may be preallocated, and sparse. A broker that is still alive removes files and
 * whole directories between two looks: what is gone, or may not be read, takes no part.
 */
export function bytesIn(directory: string): number {
  let bytes = 0;
  for (const entry of entriesOf(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) bytes += bytesIn(path);
    else if (entry.isFile()) {
      bytes += (statSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * blockBytes;
    }
  }
  return bytes;
}

function entriesOf(directory: string): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT' || code === 'EACCES') return [];
    throw error;
  }
}

/** Of `stat`, whatever the file system's own blocks are: POSIX, sys/stat.h. */
const blockBytes = 512;
