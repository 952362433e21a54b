import { AckmarkError } from '../core/errors.ts';
import { type TimedDistribution, timedDistributions } from './series-schema.ts';

/** The histogram of one distribution in one second of the run's clock. */
export interface LatencyInterval {
  readonly second: number;
  readonly of: TimedDistribution;
  readonly maxNs: number;
  /** HdrHistogram V2, compressed, base64; values in nanoseconds. */
  readonly hdr: string;
}

const nsPerMs = 1e6;
const line = /^Tag=([a-z-]+),(\d+)\.000,1\.000,(\d+\.\d+),([A-Za-z0-9+/=]+)$/;

/**
 * The histogram log of a cell, in version 1.3 of HdrHistogram's own format: one tagged line for each distribution and
 * second, start and length in seconds of the run's clock, the longest value in milliseconds.
 */
export function latencyLogText(cell: string, intervals: readonly LatencyInterval[]): string {
  const lines = intervals.map(
    ({ second, of, maxNs, hdr }) =>
      `Tag=${of},${second.toFixed(3)},1.000,${(maxNs / nsPerMs).toFixed(6)},${hdr}`,
  );
  return [
    `#[Latencies of ${cell.replaceAll(/[^ -~]/g, '?')} in nanoseconds, on the clock of its run]`,
    '#[Histogram log format version 1.3]',
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    ...lines,
    '',
  ].join('\n');
}

/** @throws AckmarkError BAD_RUN with the line that is none of such a log */
export function parseLatencyLog(text: string, file: string): readonly LatencyInterval[] {
  return text.split('\n').flatMap((each, at): LatencyInterval[] => {
    if (each === '' || each.startsWith('#') || each.startsWith('"')) return [];
    const [, tag, second, maxMs, hdr] = line.exec(each) ?? [];
    const of = timedDistributions.find((name) => name === tag);
    if (of === undefined || second === undefined || maxMs === undefined || hdr === undefined) {
      throw new AckmarkError('BAD_RUN', `${file}:${at + 1}: not a line of a latency log`, {
        hint: 'The file was cut short or changed; run the cell again.',
      });
    }
    return [{ second: Number(second), of, maxNs: Number(maxMs) * nsPerMs, hdr }];
  });
}
