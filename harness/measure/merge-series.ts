import type { SecondRow, TimedDistribution } from '../record/series-schema.ts';
import type { LatencyInterval } from '../record/latency-log.ts';
import { LatencyRecorder } from './latency-recorder.ts';
import { maximumSeconds, type SecondSample, type Series } from './second-series.ts';
import { type Audience, audienceOf, Standing } from './standing.ts';
import { type PauseSecond, pausesBySecond } from './thread-pauses.ts';

/** All actors' seconds on one axis. */
export interface MergedSeries {
  /** In the order of time. */
  readonly rows: readonly SecondRow[];
  readonly total: number;
  /** The histograms of the same seconds. */
  readonly intervals: readonly LatencyInterval[];
}

/** Needs `prepareRecorders`. */
export function mergeSeries(
  series: readonly Series[],
  pauses: readonly PauseSecond[],
  audience: Audience,
): MergedSeries {
  const of = (kind: Series['kind']) => bySecond(series.filter((one) => one.kind === kind));
  const publish = of('publish');
  const endToEnd = of('end-to-end');
  const again = of('redelivery');
  const paused = pausesBySecond(pauses);
  const seconds = [...new Set([...publish.keys(), ...endToEnd.keys(), ...again.keys()])];
  seconds.sort((a, b) => a - b);
  const cut = series.reduce((sum, one) => sum + one.total - one.seconds.length, 0);
  const standing = new Standing(audienceOf(series, audience));
  const intervals: LatencyInterval[] = [];
  const rows = seconds.slice(0, maximumSeconds).map((second): SecondRow => {
    const sent = publish.get(second) ?? [];
    const received = endToEnd.get(second) ?? [];
    const all = [...sent, ...received, ...(again.get(second) ?? [])];
    const { gcNs = 0, loopDelayMaxNs = 0 } = paused.get(second) ?? {};
    return {
      second,
      sent: sum(sent, (sample) => sample.sent),
      acknowledged: sum(sent, (sample) => sample.acknowledged),
      failed: sum(sent, (sample) => sample.failed),
      unknown: sum(sent, (sample) => sample.unknown),
      delivered: sum(received, (sample) => sample.delivered),
      ...latenciesOf(second, all, intervals),
      gcNs,
      loopDelayMaxNs,
      ...standing.after(sent, received),
    };
  });
  return { rows, total: seconds.length + cut, intervals };
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

type Latencies = Omit<
  SecondRow,
  | 'second'
  | 'sent'
  | 'acknowledged'
  | 'failed'
  | 'unknown'
  | 'delivered'
  | 'gcNs'
  | 'loopDelayMaxNs'
  | 'inFlight'
  | 'backlog'
>;

function latenciesOf(
  second: number,
  samples: readonly SecondSample[],
  intervals: LatencyInterval[],
): Latencies {
  const of = (name: TimedDistribution): Quantiles => {
    const merged = mergedHistogram(
      samples
        .flatMap(({ histograms, warmup }) => [histograms[name], warmup[name]])
        .filter((hdr) => hdr !== undefined),
    );
    if (merged.hdr !== '') {
      intervals.push({ second, of: name, maxNs: merged.maxNs, hdr: merged.hdr });
    }
    return merged;
  };
  const publish = of('publish-response');
  const endToEnd = of('end-to-end-response');
  const again = of('redelivery');
  of('send-delay');
  return {
    publishP50Ns: publish.p50Ns,
    publishP99Ns: publish.p99Ns,
    publishMaxNs: publish.maxNs,
    endToEndP50Ns: endToEnd.p50Ns,
    endToEndP99Ns: endToEnd.p99Ns,
    endToEndMaxNs: endToEnd.maxNs,
    publishServiceP99Ns: of('publish-service').p99Ns,
    endToEndServiceP99Ns: of('end-to-end-service').p99Ns,
    latenessP99Ns: of('lateness').p99Ns,
    clientBlockedP99Ns: of('client-blocked').p99Ns,
    redeliveryP50Ns: again.p50Ns,
    redeliveryP99Ns: again.p99Ns,
    redeliveryMaxNs: again.maxNs,
  };
}

interface Quantiles {
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
  readonly hdr: string;
}

const nothing: Quantiles = { p50Ns: 0, p99Ns: 0, maxNs: 0, hdr: '' };

function mergedHistogram(encoded: readonly string[]): Quantiles {
  const [first] = encoded;
  if (first === undefined) return nothing;
  const recorder = new LatencyRecorder();
  try {
    for (const hdr of encoded) recorder.addEncoded(hdr);
    return {
      p50Ns: recorder.percentileNs(50),
      p99Ns: recorder.percentileNs(99),
      maxNs: recorder.maxNs,
      hdr: encoded.length === 1 ? first : recorder.encode(),
    };
  } finally {
    recorder.destroy();
  }
}

function sum(samples: readonly SecondSample[], of: (sample: SecondSample) => number): number {
  return samples.reduce((total, sample) => total + of(sample), 0);
}
