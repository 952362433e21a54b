import { beforeAll, expect, test } from 'vitest';
import { ConsumerMeter } from '../../../harness/actors/consumer-meter.ts';
import { CounterSlot } from '../../../harness/actors/counters.ts';
import { prepareRecorders } from '../../../harness/measure/latency-recorder.ts';

beforeAll(prepareRecorders);

const slots =
  Math.max(...Object.values(CounterSlot).filter((slot) => typeof slot === 'number')) + 1;

test('copies of the first instant are counted, however many calls bring them', () => {
  const meter = new ConsumerMeter(new Float64Array(slots));
  meter.delivered(5_000, 25);
  meter.delivered(5_000, 3);
  meter.delivered(9_000, 40);
  expect(meter.finish(0)).toMatchObject({
    firstDeliverNs: 5_000,
    firstDelivered: 28,
    lastDeliverNs: 9_000,
  });
});

test('where nothing came nothing is counted', () => {
  expect(new ConsumerMeter(new Float64Array(slots)).finish(0)).toMatchObject({
    firstDeliverNs: -1,
    firstDelivered: 0,
  });
});
