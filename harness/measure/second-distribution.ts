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

  /** Ends a second; its histogram with that of the warm-up, as V2 base64, or nothing when nothing happened. */
  turn(): string {
    const { count } = this.#measured;
    if (count > 0) this.#whole.merge(this.#measured);
    if (count + this.#warmup.count === 0) return '';
    if (this.#warmup.count > 0) {
      this.#measured.merge(this.#warmup);
      this.#warmup.reset();
    }
    const hdr = this.#measured.encode();
    this.#measured.reset();
    return hdr;
  }

  /** Of all seconds that have ended; the recorders are gone afterwards. */
  finish(): DistributionRecord {
    const record = this.#whole.snapshot();
    for (const recorder of [this.#measured, this.#warmup, this.#whole]) recorder.destroy();
    return record;
  }
}
