import { beforeAll, describe, expect, it } from 'vitest';
import { prepareRecorders } from '../../../harness/measure/latency-recorder.ts';
import { ThreadPauses } from '../../../harness/measure/thread-pauses.ts';

beforeAll(prepareRecorders);

describe('what holds up a thread', () => {
  it('is told in whole and by the second in which it was', () => {
    const pauses = new ThreadPauses();
    pauses.collected(0.5e9, 2e6);
    pauses.collected(0.9e9, 3e6);
    pauses.collected(2.1e9, 7e6);
    pauses.looked(0.2e9, 1e5);
    pauses.looked(0.3e9, 4e6);
    pauses.looked(2.2e9, 8e6);
    const report = pauses.finish();
    expect(report.gc).toEqual({ pauses: 3, totalNs: 12e6, maxNs: 7e6 });
    expect(report.loopDelay).toMatchObject({ looks: 3, maxNs: 8e6 });
    expect(report.seconds).toEqual([
      { second: 0, gcNs: 5e6, loopDelayMaxNs: 4e6 },
      { second: 2, gcNs: 7e6, loopDelayMaxNs: 8e6 },
    ]);
  });

  it('is no delay where a timer comes before it was due', () => {
    const pauses = new ThreadPauses();
    pauses.looked(1e9, -3e5);
    const { loopDelay, seconds } = pauses.finish();
    expect(loopDelay).toEqual({ looks: 1, p50Ns: 0, p99Ns: 0, maxNs: 0 });
    expect(seconds).toEqual([{ second: 1, gcNs: 0, loopDelayMaxNs: 0 }]);
  });
});
