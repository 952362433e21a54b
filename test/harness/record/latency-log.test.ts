import { HistogramLogReader } from 'hdr-histogram-js';
import { beforeAll, describe, expect, it } from 'vitest';
import { LatencyRecorder, prepareRecorders } from '../../../harness/measure/latency-recorder.ts';
import {
  type LatencyInterval,
  latencyLogText,
  parseLatencyLog,
} from '../../../harness/record/latency-log.ts';
import { timedDistributions } from '../../../harness/record/series-schema.ts';

beforeAll(prepareRecorders);

function intervalsOf(seconds: number): readonly LatencyInterval[] {
  return Array.from({ length: seconds }, (_, second) =>
    timedDistributions.map((of, at): LatencyInterval => {
      const recorder = new LatencyRecorder();
      for (let n = 1; n <= 50; n += 1) recorder.record(n * 1e4 * (at + 1) * (second + 1));
      const interval = { second, of, maxNs: recorder.maxNs, hdr: recorder.encode() };
      recorder.destroy();
      return interval;
    }),
  ).flat();
}

describe('a latency log', () => {
  it('is read back as it was written', () => {
    const intervals = intervalsOf(3);
    expect(parseLatencyLog(latencyLogText('a cell', intervals), 'x.hlog')).toEqual(intervals);
  });

  it('is read by HdrHistogram itself', () => {
    const reader = new HistogramLogReader(latencyLogText('a cell', intervalsOf(2)));
    const read = [];
    for (let one = reader.nextIntervalHistogram(); one; one = reader.nextIntervalHistogram()) {
      read.push({ tag: one.tag, count: one.totalCount, startMs: one.startTimeStampMsec });
    }
    expect(read).toHaveLength(2 * timedDistributions.length);
    expect(read[0]).toEqual({ tag: 'publish-response', count: 50, startMs: 0 });
    expect(read.at(-1)).toMatchObject({ tag: 'redelivery', count: 50 });
  });

  it('says which line is none of it, and lets no name of a cell begin one', () => {
    const text = latencyLogText('evil\nTag=lateness,1', intervalsOf(1));
    expect(parseLatencyLog(text, 'x.hlog')).toHaveLength(timedDistributions.length);
    const cut = text.slice(0, -10);
    expect(() => parseLatencyLog(`${cut}!`, 'x.hlog')).toThrowError(
      expect.objectContaining({ code: 'BAD_RUN', message: expect.stringContaining('x.hlog:') }),
    );
  });
});
