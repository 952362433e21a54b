import { readdirSync, statSync } from 'node:fs';
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

/** Blocks that are allocated: a segment may be preallocated, and sparse. */
function bytesIn(directory: string): number {
  let bytes = 0;
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    // A broker that is still alive may remove a file between the two looks.
    const stats = statSync(join(directory, name), { throwIfNoEntry: false });
    if (stats?.isFile() === true) bytes += stats.blocks * blockBytes;
  }
  return bytes;
}

/** Of `stat`, whatever the file system's own blocks are: POSIX, sys/stat.h. */
const blockBytes = 512;
