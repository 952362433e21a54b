import { type Estimate, type MetricId, metricIds } from '../../harness/record/comparison-schema.ts';
import { duration, significant, unitFor } from '../text/numbers.ts';

/** How a metric is called, in a sentence and over a narrow column, and how it is written. */
export const metricWords: Readonly<
  Record<
    MetricId,
    { readonly name: string; readonly short: string; readonly value: (of: number) => string }
  >
> = {
  throughput: {
    name: 'throughput',
    short: 'throughput',
    value: (rate) => `${significant(rate)} msg/s`,
  },
  'publish-p50': { name: 'publish p50', short: 'publish p50', value: duration },
  'publish-p99': { name: 'publish p99', short: 'publish p99', value: duration },
  'e2e-p50': { name: 'end-to-end p50', short: 'e2e p50', value: duration },
  'e2e-p99': { name: 'end-to-end p99', short: 'e2e p99', value: duration },
  'client-cpu': { name: 'client CPU', short: 'client CPU', value: cpu },
  'broker-cpu': { name: 'broker CPU', short: 'broker CPU', value: cpu },
};

function cpu(micros: number): string {
  return `${significant(micros)} µs/msg`;
}

/** The median and, of several rounds, where it may lie: 1.84 ms [1.71 ms, 2.02 ms]. */
export function estimateText(metric: MetricId, { median, low, high, rounds }: Estimate): string {
  const { value } = metricWords[metric];
  return rounds < 2 ? value(median) : `${value(median)} [${value(low)}, ${value(high)}]`;
}

/** The unit of a whole column, so that its numbers compare at a glance. */
export interface ColumnUnit {
  readonly name: string;
  readonly size: number;
}

export function columnUnit(metric: MetricId, medians: readonly number[]): ColumnUnit {
  switch (metric) {
    case 'throughput':
      return { name: 'msg/s', size: 1 };
    case 'client-cpu':
    case 'broker-cpu':
      return { name: 'µs/msg', size: 1 };
    default: {
      const { name, ns } = unitFor(medians);
      return { name, size: ns };
    }
  }
}

/** `estimateText` where the unit stands in the heading: 1.84 [1.71, 2.02]. */
export function estimateIn({ size }: ColumnUnit, { median, low, high, rounds }: Estimate): string {
  const text = (value: number): string => significant(value / size);
  return rounds < 2 ? text(median) : `${text(median)} [${text(low)}, ${text(high)}]`;
}

export interface ShownMetric {
  readonly metric: MetricId;
  readonly unit: ColumnUnit;
}

/** The metrics that any row has, each with the unit of its column. */
export function shownMetrics(
  rows: readonly { readonly figures: Readonly<Partial<Record<MetricId, Estimate | undefined>>> }[],
): readonly ShownMetric[] {
  return metricIds.flatMap((metric) => {
    const medians = rows.flatMap(({ figures }) => figures[metric]?.median ?? []);
    return medians.length === 0 ? [] : [{ metric, unit: columnUnit(metric, medians) }];
  });
}
