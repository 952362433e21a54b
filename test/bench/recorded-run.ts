import { join } from 'node:path';
import process from 'node:process';
import { main } from '../../harness/cli/main.ts';
import { readRecord } from '../../harness/record/run-directory.ts';
import type { RunRecord } from '../../harness/record/schema.ts';
import { fakeHost } from '../harness/cli/fake-host.ts';

/** A run of the command line in this process, under `out`, without controls and without a history. */
export async function recordedRun(
  words: readonly string[],
  seed: number,
  out: string,
): Promise<RunRecord> {
  const rest = ['--seed', `${seed}`, '--history', 'none', '--no-controls', '--out', out];
  const host = fakeHost(['run', ...words, ...rest, '--quiet'], { environment: { ...process.env } });
  await main(host);
  const { record } = readRecord(join(out, 'latest'));
  if (record.seed !== seed) throw new Error(`the run of seed ${seed} left nothing:\n${host.err()}`);
  return record;
}
