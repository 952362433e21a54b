import type { Estimate, MetricId } from '../../harness/record/comparison-schema.ts';
import { duration, significant } from '../text/numbers.ts';

/** How a metric is called and written. */
export const metricWords: Readonly<
  Record<MetricId, { readonly name: string; readonly value: (of: number) => string }>
> = {
  throughput: { name: 'throughput', value: (rate) => `${significant(rate)} msg/s` },
  'publish-p50': { name: 'publish p50', value: duration },
  'publish-p99': { name: 'publish p99', value: duration },
  'e2e-p50': { name: 'end-to-end p50', value: duration },
  'e2e-p99': { name: 'end-to-end p99', value: duration },
  'client-cpu': { name: 'client CPU', value: (micros) => `${significant(micros)} µs/msg` },
  'broker-cpu': { name: 'broker CPU', value: (micros) => `${significant(micros)} µs/msg` },
};

/** The median and, of several rounds, where it may lie: 1.84 ms [1.71 ms, 2.02 ms]. */
export function estimateText(metric: MetricId, { median, low, high, rounds }: Estimate): string {
  const { value } = metricWords[metric];
  return rounds < 2 ? value(median) : `${value(median)} [${value(low)}, ${value(high)}]`;
}
