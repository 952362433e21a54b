import type { SecondRow } from '../record/schema.ts';
import { LatencyRecorder } from './latency-recorder.ts';
import { type Audience, Standing } from './standing.ts';

/** What happened in one second of the run's clock, with the histogram that lets several actors' seconds be merged. */
export interface SecondSample {
  readonly second: number;
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
  /** Response times of the second as HdrHistogram V2 base64; empty when there were none. */
  readonly hdr: string;
}

/** Latencies of a series are those of publishing or those from end to end. */
export type SeriesKind = 'publish' | 'end-to-end';

export interface Series {
  readonly kind: SeriesKind;
  readonly seconds: readonly SecondSample[];
  /** Seconds in which something happened; more than `seconds` when the bound was reached. */
  readonly total: number;
}

/** Longest series kept: an hour. */
export const maximumSeconds = 3_600;
const secondNs = 1e9;

/**
 * Counts and response times by second. A value belongs to the second in which it became known; one that
 * comes with an earlier time than its predecessor counts in the current second.
 */
export class SecondSeries {
  readonly #kind: SeriesKind;
  readonly #latency = new LatencyRecorder();
  readonly #seconds: SecondSample[] = [];
  #total = 0;
  #endNs = -1;
  #sent = 0;
  #resent = 0;
  #acknowledged = 0;
  #failed = 0;
  #unknown = 0;
  #delivered = 0;

  constructor(kind: SeriesKind) {
    this.#kind = kind;
  }

  sent(timeNs: number, messages: number): void {
    if (timeNs >= this.#endNs) this.#turn(timeNs);
    this.#sent += messages;
  }

  resent(timeNs: number, messages: number): void {
    if (timeNs >= this.#endNs) this.#turn(timeNs);
    this.#resent += messages;
  }

  /** An attempt that ended without an acknowledgement. */
  unacknowledged(timeNs: number, outcome: 'fail' | 'unknown'): void {
    if (timeNs >= this.#endNs) this.#turn(timeNs);
    if (outcome === 'fail') this.#failed += 1;
    else this.#unknown += 1;
  }

  acknowledged(timeNs: number, responseNs: number): void {
    if (timeNs >= this.#endNs) this.#turn(timeNs);
    this.#acknowledged += 1;
    this.#latency.record(responseNs);
  }

  delivered(timeNs: number, messages: number): void {
    if (timeNs >= this.#endNs) this.#turn(timeNs);
    this.#delivered += messages;
  }

  /** The end-to-end time of a delivered message, beside `delivered`. */
  responded(timeNs: number, responseNs: number): void {
    if (timeNs >= this.#endNs) this.#turn(timeNs);
    this.#latency.record(responseNs);
  }

  /** The series so far; the recorder is gone afterwards. */
  finish(): Series {
    this.#close();
    this.#latency.destroy();
    return { kind: this.#kind, seconds: this.#seconds, total: this.#total };
  }

  #turn(timeNs: number): void {
    this.#close();
    this.#endNs = (Math.floor(timeNs / secondNs) + 1) * secondNs;
  }

  #close(): void {
    const attempts = this.#sent + this.#resent + this.#acknowledged + this.#failed + this.#unknown;
    if (attempts + this.#delivered + this.#latency.count === 0) return;
    this.#total += 1;
    if (this.#seconds.length < maximumSeconds) {
      this.#seconds.push({
        second: Math.round(this.#endNs / secondNs) - 1,
        sent: this.#sent,
        resent: this.#resent,
        acknowledged: this.#acknowledged,
        failed: this.#failed,
        unknown: this.#unknown,
        delivered: this.#delivered,
        firstDelivered: this.#kind === 'end-to-end' ? this.#latency.count : 0,
        hdr: this.#latency.count === 0 ? '' : this.#latency.encode(),
      });
    }
    this.#sent = 0;
    this.#resent = 0;
    this.#acknowledged = 0;
    this.#failed = 0;
    this.#unknown = 0;
    this.#delivered = 0;
    this.#latency.reset();
  }
}

/** Producers' and consumers' seconds on one axis; rows in the order of time. Needs `prepareRecorders`. */
export function mergeSeries(
  series: readonly Series[],
  audience: Audience,
): {
  readonly rows: readonly SecondRow[];
  readonly total: number;
} {
  const publish = bySecond(series.filter((one) => one.kind === 'publish'));
  const endToEnd = bySecond(series.filter((one) => one.kind === 'end-to-end'));
  const seconds = [...new Set([...publish.keys(), ...endToEnd.keys()])].sort((a, b) => a - b);
  const cut = series.reduce((sum, one) => sum + one.total - one.seconds.length, 0);
  const standing = new Standing(cut === 0 ? audience : { ...audience, isWhole: false });
  const rows = seconds.slice(0, maximumSeconds).map((second) => {
    const sent = publish.get(second) ?? [];
    const received = endToEnd.get(second) ?? [];
    return { ...rowOf(second, sent, received), ...standing.after(sent, received) };
  });
  return { rows, total: seconds.length + cut };
}

function bySecond(series: readonly Series[]): Map<number, SecondSample[]> {
  const samples = new Map<number, SecondSample[]>();
  for (const sample of series.flatMap((one) => one.seconds)) {
    const sofar = samples.get(sample.second);
    if (sofar === undefined) samples.set(sample.second, [sample]);
    else sofar.push(sample);
  }
  return samples;
}

function rowOf(
  second: number,
  publish: readonly SecondSample[],
  endToEnd: readonly SecondSample[],
): Omit<SecondRow, 'inFlight' | 'backlog'> {
  const publishLatency = latencyOf(publish);
  const endToEndLatency = latencyOf(endToEnd);
  return {
    second,
    sent: sum(publish, (sample) => sample.sent),
    acknowledged: sum(publish, (sample) => sample.acknowledged),
    delivered: sum(endToEnd, (sample) => sample.delivered),
    publishP50Ns: publishLatency.p50Ns,
    publishP99Ns: publishLatency.p99Ns,
    publishMaxNs: publishLatency.maxNs,
    endToEndP50Ns: endToEndLatency.p50Ns,
    endToEndP99Ns: endToEndLatency.p99Ns,
    endToEndMaxNs: endToEndLatency.maxNs,
  };
}

function latencyOf(samples: readonly SecondSample[]): {
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
} {
  const recorder = new LatencyRecorder();
  try {
    for (const sample of samples) recorder.addEncoded(sample.hdr);
    return {
      p50Ns: recorder.percentileNs(50),
      p99Ns: recorder.percentileNs(99),
      maxNs: recorder.maxNs,
    };
  } finally {
    recorder.destroy();
  }
}

function sum(samples: readonly SecondSample[], of: (sample: SecondSample) => number): number {
  return samples.reduce((total, sample) => total + of(sample), 0);
}
