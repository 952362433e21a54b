import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareRecorders } from '../../../harness/measure/latency-recorder.ts';
import { mergeSeries } from '../../../harness/measure/merge-series.ts';
import { SecondSeries } from '../../../harness/measure/second-series.ts';

beforeAll(prepareRecorders);

const whole = { copies: 1, isWhole: true } as const;

describe('what is on its way at the end of a second', () => {
  it('is what left without an outcome, and what was not delivered yet, summed over all seconds before', () => {
    const producer = new SecondSeries('publish', []);
    producer.sent(0.1e9, 10);
    for (let i = 0; i < 4; i += 1) producer.acknowledged(0.2e9);
    producer.unacknowledged(0.3e9, 'fail');
    producer.unacknowledged(0.3e9, 'unknown');
    producer.resent(1.1e9, 1);
    producer.acknowledged(1.2e9);
    const consumer = new SecondSeries('end-to-end', []);
    consumer.delivered(0.4e9, 3);
    for (let i = 0; i < 2; i += 1) consumer.firstDelivered(0.4e9);
    consumer.delivered(2.4e9, 1);
    consumer.firstDelivered(2.4e9);
    const { rows } = mergeSeries([producer.finish(), consumer.finish()], [], whole);
    expect(rows).toMatchObject([
      { second: 0, inFlight: 4, backlog: 7 },
      { second: 1, inFlight: 4, backlog: 7 },
      { second: 2, inFlight: 4, backlog: 6 },
    ]);
  });

  it('counts an actor that did nothing for a second with what it has open', () => {
    const quiet = new SecondSeries('publish', []);
    quiet.sent(0.1e9, 5);
    const busy = new SecondSeries('publish', []);
    busy.sent(1.1e9, 1);
    busy.acknowledged(1.2e9);
    const { rows } = mergeSeries([quiet.finish(), busy.finish()], [], whole);
    expect(rows.map(({ inFlight }) => inFlight)).toEqual([5, 5]);
  });

  it('counts a message once for each subscription that is to get it', () => {
    const producer = new SecondSeries('publish', []);
    producer.sent(0.1e9, 5);
    const { rows } = mergeSeries([producer.finish()], [], { copies: 3, isWhole: true });
    expect(rows[0]?.backlog).toBe(15);
  });

  it('is not known where an actor took its counts with it', () => {
    const producer = new SecondSeries('publish', []);
    producer.sent(0.1e9, 5);
    const { rows } = mergeSeries([producer.finish()], [], { copies: 1, isWhole: false });
    expect(rows[0]).toMatchObject({ inFlight: null, backlog: null });
  });

  it('is nothing in the end when everything was answered and delivered, however it was spread', () => {
    const instants = fc.array(fc.integer({ min: 0, max: 9_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(instants, instants, (left, right) => {
        const inOrder = (all: readonly number[]) => all.toSorted((a, b) => a - b);
        const series = [left, right].flatMap((each) => {
          const producer = new SecondSeries('publish', []);
          const consumer = new SecondSeries('end-to-end', []);
          for (const ms of inOrder(each)) {
            producer.sent(ms * 1e6, 1);
            producer.acknowledged(ms * 1e6 + 1e5);
            consumer.delivered(ms * 1e6 + 2e5, 1);
            consumer.firstDelivered(ms * 1e6 + 2e5);
          }
          return [producer.finish(), consumer.finish()];
        });
        expect(mergeSeries(series, [], whole).rows.at(-1)).toMatchObject({
          inFlight: 0,
          backlog: 0,
        });
      }),
    );
  });
});
