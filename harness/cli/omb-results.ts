import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ombResultOf } from '../../reports/omb/result.ts';
import { AckmarkError } from '../core/errors.ts';
import { plural } from '../core/plural.ts';
import { isControl, isJudged } from '../record/cell-questions.ts';
import { type LatencyInterval, parseLatencyLog } from '../record/latency-log.ts';
import type { JudgedCell, RunRecord } from '../record/schema.ts';
import type { Host } from './host.ts';
import { printable } from './printable.ts';

/**
 * Writes one result of the OpenMessaging Benchmark for each timed cell of a run; what it could not fill goes to stderr.
 *
 * @param from the run's directory
 * @throws AckmarkError USAGE when the run has no timed cell, IO when a file cannot be written
 */
export function writeOmbResults(record: RunRecord, from: string, out: string, host: Host): void {
  const timed = record.cells
    .filter(isJudged)
    .filter((cell) => !isControl(cell) && cell.performance.status !== 'untimed');
  if (timed.length === 0) {
    throw new AckmarkError('USAGE', 'the run has no timed cell, and a result is made of one', {
      hint: 'Timed are the scenarios without faults, such as `steady`.',
    });
  }
  const directory = resolve(host.directory, out);
  try {
    mkdirSync(directory, { recursive: true });
    for (const cell of timed) {
      const { file, document, notes } = ombResultOf(cell, logOf(cell, from));
      for (const note of notes) host.stderr(`${printable(`${cell.id}: ${note}`)}\n`);
      writeFileSync(join(directory, file), `${JSON.stringify(document, null, 1)}\n`);
    }
  } catch (cause) {
    if (cause instanceof AckmarkError) throw cause;
    throw new AckmarkError('IO', `cannot write results to ${directory}`, {
      hint: 'Name a directory that can be written with --omb.',
      cause,
    });
  }
  host.stdout(`${printable(out)}: ${plural(timed.length, 'OMB result')}\n`);
}

/** A record may be read without its directory: then there is no log beside it. */
function logOf({ latencyLog }: JudgedCell, from: string): readonly LatencyInterval[] {
  if (latencyLog === '') return [];
  const file = resolve(from, latencyLog);
  if (!file.startsWith(join(from, '/'))) {
    throw new AckmarkError('BAD_RUN', `the latency log ${latencyLog} is not in the run directory`, {
      hint: 'The record was changed; run the cell again.',
    });
  }
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // Its notes say which fields are missing for it.
    return [];
  }
  return parseLatencyLog(text, latencyLog);
}
