import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  initWebAssembly,
  WasmHistogram,
} from 'hdr-histogram-js';
import { AckmarkError, describeError, invariant } from '../core/errors.ts';
import type { DistributionRecord } from '../record/schema.ts';

/** Largest latency that a recorder tells apart; longer ones, and dropped sends, count as this: one hour. */
export const ceilingNs = 3_600_000_000_000;

const significantDigits = 3;
const counterBits = 32;

/** Must have been awaited once in a thread before it makes a recorder. */
export async function prepareRecorders(): Promise<void> {
  await initWebAssembly();
}

/**
 * A latency distribution with three significant digits (every quantile is at most 0.1 % too high).
 * It lives in WebAssembly memory, which is not collected: whoever makes one must `destroy` it.
 */
export class LatencyRecorder {
  readonly #histogram: WasmHistogram;
  #count = 0;
  #sumNs = 0;
  #maxNs = 0;
  /** Zeros are the rule for waits that did not happen: they go to the histogram when it is read. */
  #zeros = 0;
  /** What came last, and how often in a row: messages of one batch that are answered together took alike. */
  #lastNs = 0;
  #times = 0;

  constructor() {
    const histogram = build({
      bitBucketSize: counterBits,
      autoResize: false,
      lowestDiscernibleValue: 1,
      highestTrackableValue: ceilingNs,
      numberOfSignificantValueDigits: significantDigits,
      useWebAssembly: true,
    });
    invariant(histogram instanceof WasmHistogram, 'the recorder is a WebAssembly histogram');
    this.#histogram = histogram;
  }

  get count(): number {
    return this.#count;
  }

  /** Negative values count as 0: two threads may sample the clock in either order within its resolution. */
  record(valueNs: number): void {
    this.#count += 1;
    if (!(valueNs > 0)) this.#zeros += 1;
    else if (valueNs === this.#lastNs) this.#times += 1;
    else {
      this.#flushTimes();
      this.#lastNs = valueNs;
      this.#times = 1;
    }
  }

  recordMany(valueNs: number, times: number): void {
    if (times === 0) return;
    const bounded = valueNs > 0 ? (valueNs < ceilingNs ? valueNs : ceilingNs) : 0;
    this.#count += times;
    this.#sumNs += bounded * times;
    if (bounded > this.#maxNs) this.#maxNs = bounded;
    this.#histogram.recordValueWithCount(bounded, times);
  }

  /** Adds all that another one has recorded; it keeps it too. */
  merge(other: LatencyRecorder): void {
    other.#flush();
    this.#histogram.add(other.#histogram);
    this.#count += other.#count;
    this.#sumNs += other.#sumNs;
    this.#maxNs = Math.max(this.#maxNs, other.#maxNs);
  }

  /** @throws AckmarkError BAD_RUN when the record's histogram cannot be decoded. */
  add(distribution: DistributionRecord): void {
    if (distribution.count === 0) return;
    const other = decode(distribution.hdr);
    try {
      this.#histogram.add(other);
    } finally {
      other.destroy();
    }
    this.#count += distribution.count;
    this.#sumNs += distribution.meanNs * distribution.count;
    this.#maxNs = Math.max(this.#maxNs, distribution.maxNs);
  }

  /** Adds a bare V2 base64 histogram; the empty text adds nothing. Its largest value is known to 0.1 %. */
  addEncoded(hdr: string): void {
    if (hdr === '') return;
    const other = decode(hdr);
    try {
      this.#histogram.add(other);
      this.#count += other.totalCount;
      this.#sumNs += other.mean * other.totalCount;
      this.#maxNs = Math.max(this.#maxNs, other.maxValue);
    } finally {
      other.destroy();
    }
  }

  /** A quantile between 0 and 100; 0 when nothing was recorded. */
  percentileNs(percentile: number): number {
    if (this.#count === 0) return 0;
    this.#flush();
    return Math.min(this.#histogram.getValueAtPercentile(percentile), this.#maxNs);
  }

  get maxNs(): number {
    this.#flushTimes();
    return this.#maxNs;
  }

  snapshot(): DistributionRecord {
    this.#flush();
    return {
      count: this.#count,
      meanNs: this.#count === 0 ? 0 : this.#sumNs / this.#count,
      p50Ns: this.percentileNs(50),
      p90Ns: this.percentileNs(90),
      p99Ns: this.percentileNs(99),
      p999Ns: this.percentileNs(99.9),
      maxNs: this.#maxNs,
      hdr: this.encode(),
    };
  }

  /** HdrHistogram V2, compressed, base64. */
  encode(): string {
    this.#flush();
    return encodeIntoCompressedBase64(this.#histogram);
  }

  reset(): void {
    this.#histogram.reset();
    this.#zeros = 0;
    this.#times = 0;
    this.#count = 0;
    this.#sumNs = 0;
    this.#maxNs = 0;
  }

  #flush(): void {
    if (this.#zeros > 0) this.#histogram.recordValueWithCount(0, this.#zeros);
    this.#zeros = 0;
    this.#flushTimes();
  }

  #flushTimes(): void {
    if (this.#times === 0) return;
    const bounded = this.#lastNs < ceilingNs ? this.#lastNs : ceilingNs;
    this.#sumNs += bounded * this.#times;
    if (bounded > this.#maxNs) this.#maxNs = bounded;
    this.#histogram.recordValueWithCount(bounded, this.#times);
    this.#times = 0;
    this.#lastNs = 0;
  }

  destroy(): void {
    this.#histogram.destroy();
  }
}

function decode(hdr: string): WasmHistogram {
  try {
    const histogram = decodeFromCompressedBase64(hdr, counterBits, true, ceilingNs);
    invariant(histogram instanceof WasmHistogram, 'decoded into WebAssembly');
    return histogram;
  } catch (error) {
    throw new AckmarkError('BAD_RUN', `not an HdrHistogram: ${describeError(error)}`, {
      hint: 'The record was cut short or changed; run the cell again.',
    });
  }
}
