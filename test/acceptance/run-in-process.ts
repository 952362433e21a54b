import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../harness/cli/main.ts';
import type { CheckId } from '../../harness/core/anomalies.ts';
import { type JudgedCell, type RunRecord, runRecord } from '../../harness/record/schema.ts';
import { fakeHost } from '../harness/cli/fake-host.ts';

export interface FinishedRun {
  readonly exitCode: number;
  readonly record: RunRecord;
  readonly directory: string;
  /** Why, for the message of a failed assertion. */
  readonly story: string;
}

/** Runs `ackmark run …` to its end in this process, on a machine of its own but for the brokers' cache. */
export async function runInProcess(...argv: readonly string[]): Promise<FinishedRun> {
  const host = fakeHost(['run', ...argv], {
    environment: { ...process.env },
    // Brokers have real clocks, by which they are asked.
    wallClock: () => new Date(),
  });
  const exitCode = await main(host);
  const directory = join(host.directory, 'runs', 'latest');
  const record = runRecord.parse(JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8')));
  return { exitCode, record, directory, story: `${host.err()}\n${host.out()}` };
}

export function cellOf(run: FinishedRun, id: string): JudgedCell {
  const cell = run.record.cells.find((candidate) => candidate.id === `${id}/1`);
  if (cell?.status !== 'judged') throw new Error(`${id} was not judged:\n${run.story}`);
  return cell;
}

export function countOf(run: FinishedRun, id: string, check: CheckId): number {
  return cellOf(run, id).clauses.find((clause) => clause.check === check)?.count ?? 0;
}

/** Whether the configuration read back says that one node holds one copy, whatever was wished. */
export function saysOneReplica(effective: readonly string[]): boolean {
  return effective.some((line) => line.includes('effective: 1 replica'));
}
