import { build, decodeFromCompressedBase64, type Histogram } from 'hdr-histogram-js';
import type { DistributionRecord } from '../../harness/record/schema.ts';

/** A distribution as OMB's results want to ask it; nanoseconds. */
export interface Latencies {
  readonly meanNs: number;
  readonly maxNs: number;
  /** The smallest value that at least so many per cent do not exceed. */
  at(percentile: number): number;
}

/** Undefined: there are no samples. */
export function latenciesOf(distribution: DistributionRecord): Latencies | undefined {
  if (distribution.count === 0) return undefined;
  const histogram = decoded(distribution.hdr);
  const { meanNs, maxNs } = distribution;
  return { meanNs, maxNs, at: (percentile) => valueAt(histogram, percentile, maxNs) };
}

/** All of several histograms as one. */
export function mergedLatencies(
  parts: readonly { readonly hdr: string; readonly maxNs: number }[],
): Latencies | undefined {
  if (parts.length === 0) return undefined;
  const histogram = build({
    bitBucketSize: 64,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  });
  for (const { hdr } of parts) histogram.add(decoded(hdr));
  const maxNs = Math.max(...parts.map((part) => part.maxNs));
  return {
    meanNs: histogram.mean,
    maxNs,
    at: (percentile) => valueAt(histogram, percentile, maxNs),
  };
}

function decoded(hdr: string): Histogram {
  return decodeFromCompressedBase64(hdr, 64, false);
}

function valueAt(histogram: Histogram, percentile: number, maxNs: number): number {
  return Math.min(histogram.getValueAtPercentile(percentile), maxNs);
}

const ticksPerHalfDistance = 100;

/**
 * Values at the percentiles at which HdrHistogram's own iterator stops: a hundred steps for each half of what is left
 * to 100 %, until the greatest value has come.
 */
export function quantilesOf(
  latencies: Latencies,
  inUnit: (ns: number) => number,
): Readonly<Record<string, number>> {
  const quantiles: Record<string, number> = {};
  let percentile = 0;
  for (;;) {
    const ns = latencies.at(percentile);
    if (ns >= latencies.maxNs || percentile >= 100) break;
    quantiles[percentileKey(percentile)] = inUnit(ns);
    const halvings = Math.floor(Math.log2(100 / (100 - percentile))) + 1;
    percentile += 100 / (ticksPerHalfDistance * 2 ** halvings);
  }
  quantiles[percentileKey(100)] = inUnit(latencies.maxNs);
  return quantiles;
}

/** As Java writes a double that is whole. */
function percentileKey(percentile: number): string {
  return Number.isInteger(percentile) ? percentile.toFixed(1) : String(percentile);
}
