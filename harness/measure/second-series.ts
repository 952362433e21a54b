import type { TimedDistribution } from '../record/series-schema.ts';
import { maximumEpochs } from './epochs.ts';
import type { SecondDistribution } from './second-distribution.ts';

/** Histograms of a second by what they are of, V2 base64; those of which nothing was recorded are not there. */
export type Histograms = Readonly<Partial<Record<TimedDistribution, string>>>;

/**
 * What happened in one second of the run's clock and one epoch of the cell, with the histograms that let several
 * actors' seconds be merged. A second in which epochs change has several.
 */
export interface SecondSample {
  readonly second: number;
  readonly epoch: number;
  readonly sent: number;
  /** Sends again of messages that had left before. */
  readonly resent: number;
  readonly acknowledged: number;
  readonly failed: number;
  /** Attempts that ended with an unknown outcome. */
  readonly unknown: number;
  readonly delivered: number;
  /** Of `delivered`, those that the broker does not mark as copies: what a response time was taken of. */
  readonly firstDelivered: number;
  readonly histograms: Histograms;
  /** Of the messages that were sent to warm up, which `histograms` are not of. */
  readonly warmup: Histograms;
}

/** Whose seconds they are: a producer's, a consumer's, or the coordinator's, who sees what came again. */
export type SeriesKind = 'publish' | 'end-to-end' | 'redelivery';

export interface Series {
  readonly kind: SeriesKind;
  readonly seconds: readonly SecondSample[];
  /** Samples of seconds in which something happened; more than `seconds` when the bound was reached. */
  readonly total: number;
}

/** The distributions of a series, by name; it turns them with its seconds, and their owner finishes them. */
export type Turning = readonly (readonly [TimedDistribution, SecondDistribution])[];

/** Longest series kept: an hour. */
export const maximumSeconds = 3_600;
const maximumSamples = maximumSeconds + maximumEpochs;
const secondNs = 1e9;

/** The epoch of a cell at a time of the run's clock; it never falls. */
export type EpochAt = (timeNs: number) => number;

/**
 * Counts and distributions by second and epoch. A value belongs to the second in which it became known; one that comes
 * with an earlier time than its predecessor counts in the current second. What is recorded in a distribution belongs
 * to the second that the call before it named.
 */
export class SecondSeries {
  readonly #kind: SeriesKind;
  readonly #turning: Turning;
  readonly #epochAt: EpochAt;
  readonly #seconds: SecondSample[] = [];
  #total = 0;
  #endNs = -1;
  #epoch = 0;
  #sent = 0;
  #resent = 0;
  #acknowledged = 0;
  #failed = 0;
  #unknown = 0;
  #delivered = 0;
  #firstDelivered = 0;

  constructor(kind: SeriesKind, turning: Turning, epochAt: EpochAt = () => 0) {
    this.#kind = kind;
    this.#turning = turning;
    this.#epochAt = epochAt;
  }

  /** What is recorded next belongs to this time. */
  at(timeNs: number): void {
    const epoch = this.#epochAt(timeNs);
    if (timeNs >= this.#endNs || epoch !== this.#epoch) this.#turn(timeNs, epoch);
  }

  sent(timeNs: number, messages: number): void {
    this.at(timeNs);
    this.#sent += messages;
  }

  resent(timeNs: number, messages: number): void {
    this.at(timeNs);
    this.#resent += messages;
  }

  /** An attempt that ended without an acknowledgement. */
  unacknowledged(timeNs: number, outcome: 'fail' | 'unknown'): void {
    this.at(timeNs);
    if (outcome === 'fail') this.#failed += 1;
    else this.#unknown += 1;
  }

  acknowledged(timeNs: number): void {
    this.at(timeNs);
    this.#acknowledged += 1;
  }

  delivered(timeNs: number, messages: number): void {
    this.at(timeNs);
    this.#delivered += messages;
  }

  /** Of what was `delivered`, one that came for the first time. */
  firstDelivered(timeNs: number): void {
    this.at(timeNs);
    this.#firstDelivered += 1;
  }

  /** The series so far. */
  finish(): Series {
    this.#close();
    return { kind: this.#kind, seconds: this.#seconds, total: this.#total };
  }

  #turn(timeNs: number, epoch: number): void {
    this.#close();
    this.#epoch = epoch;
    this.#endNs = Math.max(this.#endNs, (Math.floor(timeNs / secondNs) + 1) * secondNs);
  }

  #isWithoutCounts(): boolean {
    const attempts = this.#sent + this.#resent + this.#acknowledged + this.#failed + this.#unknown;
    return attempts + this.#delivered === 0;
  }

  #close(): void {
    const histograms: Partial<Record<TimedDistribution, string>> = {};
    const warming: Partial<Record<TimedDistribution, string>> = {};
    let isIdle = this.#isWithoutCounts();
    for (const [name, distribution] of this.#turning) {
      const { measured, warmup } = distribution.turn();
      if (measured !== '') histograms[name] = measured;
      if (warmup !== '') warming[name] = warmup;
      isIdle &&= measured === '' && warmup === '';
    }
    if (isIdle) return;
    this.#total += 1;
    if (this.#seconds.length < maximumSamples) {
      this.#seconds.push({
        second: Math.round(this.#endNs / secondNs) - 1,
        epoch: this.#epoch,
        sent: this.#sent,
        resent: this.#resent,
        acknowledged: this.#acknowledged,
        failed: this.#failed,
        unknown: this.#unknown,
        delivered: this.#delivered,
        firstDelivered: this.#firstDelivered,
        histograms,
        warmup: warming,
      });
    }
    this.#sent = 0;
    this.#resent = 0;
    this.#acknowledged = 0;
    this.#failed = 0;
    this.#unknown = 0;
    this.#delivered = 0;
    this.#firstDelivered = 0;
  }
}
