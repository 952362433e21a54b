import type { DistributionRecord } from '../record/schema.ts';
import { ceilingNs, LatencyRecorder } from './latency-recorder.ts';

/**
 * One distribution as a whole and by second. Each value is recorded once: when a second ends, what it measured is
 * added to the whole, and what belongs to the warm-up is not. Needs `prepareRecorders`; whoever makes one must
 * `finish` it.
 */
export class SecondDistribution {
  readonly #measured = new LatencyRecorder();
  readonly #warmup = new LatencyRecorder();
  readonly #whole = new LatencyRecorder();

  record(valueNs: number, isWarmup: boolean): void {
    if (isWarmup) this.#warmup.record(valueNs);
    else this.#measured.record(valueNs);
  }

  /** What never ended: it belongs to no second. */
  recordEndless(times: number): void {
    this.#whole.recordMany(ceilingNs, times);
  }

  /** Ends a second: its histogram and that of the warm-up, as V2 base64, or empty when nothing was recorded. */
  turn(): { readonly measured: string; readonly warmup: string } {
    if (this.#measured.count > 0) this.#whole.merge(this.#measured);
    return { measured: encoded(this.#measured), warmup: encoded(this.#warmup) };
  }

  /** Of all seconds that have ended; the recorders are gone afterwards. */
  finish(): DistributionRecord {
    const record = this.#whole.snapshot();
    for (const recorder of [this.#measured, this.#warmup, this.#whole]) recorder.destroy();
    return record;
  }
}

function encoded(recorder: LatencyRecorder): string {
  if (recorder.count === 0) return '';
  const hdr = recorder.encode();
  recorder.reset();
  return hdr;
}
