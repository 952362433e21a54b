import type { DistributionRecord } from '../record/schema.ts';
import { ceilingNs, LatencyRecorder } from './latency-recorder.ts';

/**
 * One distribution of all samples of several. Quantiles come from the added histograms, never from
 * averaging quantiles. Needs `prepareRecorders`.
 *
 * @param endless how many more took for ever, as what was dropped did
 */
export function mergeDistributions(
  parts: readonly DistributionRecord[],
  endless = 0,
): DistributionRecord {
  const recorder = new LatencyRecorder();
  try {
    for (const part of parts) recorder.add(part);
    recorder.recordMany(ceilingNs, endless);
    return recorder.snapshot();
  } finally {
    recorder.destroy();
  }
}
