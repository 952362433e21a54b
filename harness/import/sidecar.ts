import { z } from 'zod';
import { AckmarkError } from '../core/errors.ts';
import type { Disk } from '../history/disk.ts';
import { cellFacts } from '../record/facts-schema.ts';
import { laneSpan } from '../record/schema.ts';

/** Beside the segments of a history: what its event records do not say themselves. */
export const sidecarFile = 'history.json';
export const sidecarVersion = 1;

const names = z.array(z.string());

/** A name of number n stands at index n; where none stands, the number is the name. */
export const historyNames = z.strictObject({
  actors: names,
  groups: names,
  lanes: names,
  scopes: names,
  routes: names,
  sinks: names,
  faults: names,
  errors: names.describe('from 1'),
  transactions: names.describe('from 1'),
  transactionalIds: names,
});
export type HistoryNamesRecord = z.infer<typeof historyNames>;

export const sidecar = z.strictObject({
  ackmarkHistory: z.literal(sidecarVersion),
  run: z.string(),
  events: z.number().int().nonnegative(),
  /** What the first instant of the segments is on the clock of the history. */
  originMs: z.number(),
  facts: cellFacts,
  lanes: z.array(laneSpan),
  sendReply: z.enum(['each', 'none']),
  faultsPlanned: z.number().int().nonnegative(),
  names: historyNames,
});
export type Sidecar = z.infer<typeof sidecar>;

export function writeSidecar(directory: string, disk: Disk, content: Sidecar): void {
  const file = disk.create(`${directory}/${sidecarFile}`);
  try {
    file.write(Buffer.from(`${JSON.stringify(content)}\n`), 0);
  } finally {
    file.close();
  }
}

export function readSidecar(directory: string, disk: Disk): Sidecar {
  const path = `${directory}/${sidecarFile}`;
  const file = disk.open(path);
  let text: string;
  try {
    const bytes = Buffer.alloc(file.size());
    file.read(bytes, 0);
    text = bytes.toString('utf8');
  } finally {
    file.close();
  }
  const checked = sidecar.safeParse(jsonOf(text));
  if (checked.success) return checked.data;
  const shown = checked.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new AckmarkError('BAD_HISTORY', `${path} describes no history:\n${shown.join('\n')}`, {
    hint: 'See docs/history-format.md; `ackmark history` writes such a directory.',
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema says what is missing.
    return undefined;
  }
}
