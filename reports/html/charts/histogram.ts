import { decodeFromCompressedBase64, type Histogram } from 'hdr-histogram-js';
import type { DistributionRecord } from '../../../harness/record/schema.ts';

export interface CurvePoint {
  /** 1 / (1 − q): 2 is the median, 100 the 99th percentile. */
  readonly odds: number;
  readonly ms: number;
}

export type Curve =
  | { readonly status: 'drawn'; readonly points: readonly CurvePoint[] }
  | { readonly status: 'empty' }
  | { readonly status: 'unreadable' };

const largestOdds = 10_000;
const stepsPerDecade = 12;
/** A three-digit histogram of an hour takes some 20 kB; anything beyond this is not one of ours. */
const encodedLimit = 256 * 1024;

/** The percentile curve over all rounds; it ends where the sample is too small to say more. */
export function curveOf(rounds: readonly DistributionRecord[]): Curve {
  const counted = rounds.filter((round) => round.count > 0);
  if (counted.length === 0) return { status: 'empty' };
  const merged = mergedHistogram(counted);
  if (merged === undefined) return { status: 'unreadable' };
  const last = Math.min(largestOdds, merged.totalCount);
  const points: CurvePoint[] = [];
  const steps = Math.floor(Math.log10(last) * stepsPerDecade + 1e-9);
  for (let step = 0; step <= steps; step += 1) {
    const odds = 10 ** (step / stepsPerDecade);
    const valueNs = merged.getValueAtPercentile((1 - 1 / odds) * 100);
    points.push({ odds, ms: Math.max(valueNs, 1) / 1e6 });
  }
  return { status: 'drawn', points };
}

function mergedHistogram(rounds: readonly DistributionRecord[]): Histogram | undefined {
  let merged: Histogram | undefined;
  for (const { hdr } of rounds) {
    const histogram = decoded(hdr);
    if (histogram === undefined) return undefined;
    if (merged === undefined) merged = histogram;
    else merged.add(histogram);
  }
  return merged;
}

/** A record may be damaged; the figure then says so instead of drawing. */
function decoded(hdr: string): Histogram | undefined {
  if (hdr.length > encodedLimit) return undefined;
  try {
    const histogram = decodeFromCompressedBase64(hdr, 64, false);
    return histogram.totalCount > 0 ? histogram : undefined;
  } catch {
    return undefined;
  }
}
