import type { MetricId } from '../record/comparison-schema.ts';
import type { DistributionRecord, PerformanceFigures } from '../record/schema.ts';

export interface Metric {
  readonly better: 'lower' | 'higher';
  /** A few messages decide it: worth nothing where some of them left late. */
  readonly isTail: boolean;
  /** Undefined where the run did not measure it: an engine without answers has no publish latency. */
  readonly of: (figures: PerformanceFigures) => number | undefined;
}

/** Latencies are response times, from the intended instant: what waiting for the client took is in them. */
export const metrics: Readonly<Record<MetricId, Metric>> = {
  throughput: { better: 'higher', isTail: false, of: (figures) => figures.achievedRatePerSecond },
  'publish-p50': {
    better: 'lower',
    isTail: false,
    of: (figures) => counted(figures.publishResponse)?.p50Ns,
  },
  'publish-p99': {
    better: 'lower',
    isTail: true,
    of: (figures) => counted(figures.publishResponse)?.p99Ns,
  },
  'e2e-p50': {
    better: 'lower',
    isTail: false,
    of: (figures) => counted(figures.endToEndResponse)?.p50Ns,
  },
  'e2e-p99': {
    better: 'lower',
    isTail: true,
    of: (figures) => counted(figures.endToEndResponse)?.p99Ns,
  },
  'client-cpu': {
    better: 'lower',
    isTail: false,
    of: (figures) => figures.clientCpuMicrosPerMessage,
  },
  'broker-cpu': {
    better: 'lower',
    isTail: false,
    of: (figures) => figures.brokerCpuMicrosPerMessage ?? undefined,
  },
};

function counted(distribution: DistributionRecord): DistributionRecord | undefined {
  return distribution.count > 0 ? distribution : undefined;
}
