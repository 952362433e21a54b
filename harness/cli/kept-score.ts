import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { selftest, type SelftestRecord } from '../record/schema.ts';
import type { Score } from '../selftest/selftest.ts';
import { cacheDirectoryOf } from './cache-directory.ts';
import type { Host } from './host.ts';
import { readKeptFile } from './kept-file.ts';

/** Folders that decide what a score is worth: a change in any of them voids it. */
export const judged = ['core', 'check', 'record', 'selftest', 'simulate'] as const;

const keptScore = z.strictObject({ sources: z.string(), score: selftest });

/** Remembers the score of a whole selftest, for the records of later runs by the same checks. */
export function keepScore(host: Host, score: Score): void {
  const { killed, total, perCheck, pending, flagged, histories } = score;
  const kept: z.infer<typeof keptScore> = {
    sources: digestOfSources(),
    score: {
      killed,
      total,
      perCheck: [...perCheck],
      pending: pending.map(({ id }) => id),
      falseFlags: flagged.length,
      histories,
      at: host.wallClock().toISOString(),
    },
  };
  const file = fileOf(host);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(kept));
}

/** The score of these very checks; null where `ackmark selftest` has not been run since they changed. */
export function readScore(host: Host): SelftestRecord | null {
  const kept = readKeptFile(fileOf(host), keptScore);
  return kept.is === 'whole' && kept.value.sources === digestOfSources() ? kept.value.score : null;
}

function fileOf(host: Host): string {
  return join(cacheDirectoryOf(host.environment), 'selftest.json');
}

function digestOfSources(): string {
  const harness = fileURLToPath(new URL('..', import.meta.url));
  const hash = createHash('sha256');
  for (const folder of judged) {
    const names = readdirSync(join(harness, folder), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((each) => /\.[jt]s$/.test(each)).toSorted()) {
      hash.update(`${folder}/${name}\0`).update(readFileSync(join(harness, folder, name)));
    }
  }
  return hash.digest('hex');
}
