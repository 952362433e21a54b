import type { DistributionRecord } from '../record/schema.ts';
import { LatencyRecorder } from './latency-recorder.ts';

/**
 * One distribution of all samples of several. Quantiles come from the added histograms, never from
 * averaging quantiles. Needs `prepareRecorders`.
 */
export function mergeDistributions(parts: readonly DistributionRecord[]): DistributionRecord {
  const recorder = new LatencyRecorder();
  try {
    for (const part of parts) recorder.add(part);
    return recorder.snapshot();
  } finally {
    recorder.destroy();
  }
}
