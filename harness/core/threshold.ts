import type { CheckId } from './anomalies.ts';

export const percentiles = ['p50', 'p90', 'p99', 'p999', 'max', 'mean'] as const;
export type Percentile = (typeof percentiles)[number];

export const timedStages = [
  'publish.response',
  'publish.service',
  'e2e.response',
  'e2e.service',
  'lateness',
  'client-blocked',
] as const;
export type TimedStage = (typeof timedStages)[number];

/** What a threshold is about, and so in which unit its limit is kept. */
export type ThresholdMetric =
  /** Nanoseconds. */
  | { readonly of: 'latency'; readonly stage: TimedStage; readonly percentile: Percentile }
  /** Messages a second, as sent or as delivered. */
  | { readonly of: 'rate'; readonly side: 'sent' | 'delivered' }
  /** Microseconds a message. */
  | { readonly of: 'cpu'; readonly side: 'client' | 'server' }
  /** How often the anomaly was seen, or seen for each chance it had. */
  | { readonly of: 'anomaly'; readonly check: CheckId; readonly as: 'count' | 'share' }
  /**
   * Nanoseconds from the start of a fault to the end of the first second, when it is over, in which nine of ten
   * messages sent were acknowledged, or delivered where nothing is answered.
   */
  | { readonly of: 'recovery'; readonly fault: number };

/** In which unit figures and limits of a metric are kept. */
export const thresholdUnits = ['ns', 'msg/s', 'µs/msg', 'count', 'share'] as const;
export type ThresholdUnit = (typeof thresholdUnits)[number];

export function unitOf(metric: ThresholdMetric): ThresholdUnit {
  switch (metric.of) {
    case 'latency':
    case 'recovery':
      return 'ns';
    case 'rate':
      return 'msg/s';
    case 'cpu':
      return 'µs/msg';
    case 'anomaly':
      return metric.as;
  }
}

export const comparators = ['<=', '>=', '==', '!=', '<', '>'] as const;
export type Comparator = (typeof comparators)[number];

export interface Threshold {
  /** As it was written. */
  readonly text: string;
  /** Undefined: wherever the metric can be had. */
  readonly scenario: string | undefined;
  readonly metric: ThresholdMetric;
  readonly comparator: Comparator;
  /** In the unit of the metric. */
  readonly limit: number;
}
