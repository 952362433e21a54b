import { profileName } from '../../harness/record/cell-questions.ts';
import type { LatencyInterval } from '../../harness/record/latency-log.ts';
import type { JudgedCell } from '../../harness/record/schema.ts';
import type { TimedDistribution } from '../../harness/record/series-schema.ts';
import { type Latencies, latenciesOf, mergedLatencies, quantilesOf } from './histogram.ts';
import { type Period, periodsOf } from './periods.ts';

type OmbValue = string | number | readonly number[] | Readonly<Record<string, number>>;

/** One result of the OpenMessaging Benchmark, with the fields of its `TestResult.java`. */
export interface OmbResult {
  /** As OMB names its files, by workload and driver. */
  readonly file: string;
  readonly document: Readonly<Record<string, OmbValue>>;
  /** Fields that are not there and why, and what is meant otherwise than there. */
  readonly notes: readonly string[];
}

const percentiles = [
  ['50pct', 50],
  ['75pct', 75],
  ['95pct', 95],
  ['99pct', 99],
  ['999pct', 99.9],
  ['9999pct', 99.99],
  ['99999pct', 99.999],
] as const;

/** In OMB's class a publish or end-to-end latency is a double of milliseconds, a publish delay whole microseconds. */
const families = [
  { field: 'PublishLatency', of: 'publish-service', inUnit: (ns: number) => ns / 1e6 },
  { field: 'PublishDelayLatency', of: 'send-delay', inUnit: (ns: number) => Math.floor(ns / 1e3) },
  { field: 'EndToEndLatency', of: 'end-to-end-service', inUnit: (ns: number) => ns / 1e6 },
] as const satisfies readonly {
  field: string;
  of: TimedDistribution;
  inUnit: (ns: number) => number;
}[];
type Family = (typeof families)[number];

/**
 * The result of one timed cell. What cannot be filled is left out and told.
 *
 * @param log of the cell; empty where none was kept
 */
export function ombResultOf(cell: JudgedCell, log: readonly LatencyInterval[]): OmbResult {
  const notes: string[] = [];
  const document: Record<string, OmbValue> = {};
  const put = (field: string, value: OmbValue | undefined, why: string): void => {
    if (value === undefined) notes.push(`${field}: left out, ${why}`);
    else document[field] = value;
  };
  putWorkload(cell, put);
  const { periods, holdsWarmup } = periodsOf(cell);
  if (holdsWarmup) notes.push('the load was too short for a whole second after its warm-up');
  putRates(periods, log.length > 0, put);
  for (const family of families) putPeriods(family, periods, log, put);
  for (const family of families) putAggregate(family, cell, periods, log, put);
  notes.push(...invalidity(cell));
  const file = `${fileName(cell.scenario)}-${fileName(profileName(cell))}-${cell.round}.json`;
  return { file, document, notes };
}

type Put = (field: string, value: OmbValue | undefined, why: string) => void;

function putWorkload(cell: JudgedCell, put: Put): void {
  const { load } = cell;
  const trait = (name: string): number | undefined => wholeNumber(load[name]);
  const consumers = trait('consumers');
  const subscriptions = trait('subscriptions');
  const each =
    consumers === undefined || subscriptions === undefined ? undefined : consumers / subscriptions;
  put('workload', cell.scenario, '');
  put('driver', profileName(cell), '');
  put('messageSize', bytesOf(load['payload']), 'sizes differ from message to message');
  put('topics', load['transformers'] === undefined ? 1 : 2, '');
  put('partitions', trait('partitions'), 'not told');
  put('producersPerTopic', trait('producers'), 'not told');
  put(
    'consumersPerTopic',
    each !== undefined && Number.isInteger(each) ? each : undefined,
    'subscriptions have unlike numbers of consumers',
  );
}

function putRates(periods: readonly Period[], countsFailures: boolean, put: Put): void {
  const rate = (of: (row: Period['rows'][number]) => number): readonly number[] =>
    periods.map(({ rows, seconds }) => rows.reduce((sum, row) => sum + of(row), 0) / seconds);
  const backlog = periods.map(({ rows }) => rows.at(-1)?.backlog ?? null);
  put(
    'publishRate',
    rate((row) => row.sent),
    '',
  );
  put(
    'publishErrorRate',
    countsFailures ? rate((row) => row.failed + row.unknown) : undefined,
    'the run kept no failures by second',
  );
  put(
    'consumeRate',
    rate((row) => row.delivered),
    '',
  );
  const known = backlog.flatMap((messages) => messages ?? []);
  put(
    'backlog',
    known.length === backlog.length ? known : undefined,
    'an actor crashed and took its counts with it',
  );
}

function putPeriods(
  { field, of, inUnit }: Family,
  periods: readonly Period[],
  log: readonly LatencyInterval[],
  put: Put,
): void {
  const name = `${field.charAt(0).toLowerCase()}${field.slice(1)}`;
  const each = periods.map((period) => ofSeconds(of, [period], log));
  const whole = each.flatMap((latencies) => latencies ?? []);
  if (whole.length < each.length || each.length === 0) {
    put(`${name}Avg, …Max`, undefined, missing(of, log));
    return;
  }
  put(
    `${name}Avg`,
    whole.map(({ meanNs }) => meanInUnit(of, meanNs)),
    '',
  );
  for (const [suffix, percentile] of percentiles) {
    put(
      `${name}${suffix}`,
      whole.map((latencies) => inUnit(latencies.at(percentile))),
      '',
    );
  }
  put(
    `${name}Max`,
    whole.map(({ maxNs }) => inUnit(maxNs)),
    '',
  );
}

function putAggregate(
  { field, of, inUnit }: Family,
  cell: JudgedCell,
  periods: readonly Period[],
  log: readonly LatencyInterval[],
  put: Put,
): void {
  const whole = wholeOf(of, cell, periods, log);
  const name = `aggregated${field}`;
  if (whole === undefined) {
    put(`${name}Avg, …Quantiles`, undefined, missing(of, log));
    return;
  }
  put(`${name}Avg`, meanInUnit(of, whole.meanNs), '');
  for (const [suffix, percentile] of percentiles) {
    put(`${name}${suffix}`, inUnit(whole.at(percentile)), '');
  }
  put(`${name}Max`, inUnit(whole.maxNs), '');
  put(`${name}Quantiles`, quantilesOf(whole, inUnit), '');
}

/** Of the messages after the warm-up, where the record has them; the delay only by seconds. */
function wholeOf(
  of: Family['of'],
  { performance }: JudgedCell,
  periods: readonly Period[],
  log: readonly LatencyInterval[],
): Latencies | undefined {
  if (performance.status === 'untimed') return undefined;
  if (of === 'publish-service') return latenciesOf(performance.figures.publishService);
  if (of === 'end-to-end-service') return latenciesOf(performance.figures.endToEndService);
  return ofSeconds(of, periods, log);
}

function ofSeconds(
  of: TimedDistribution,
  periods: readonly Period[],
  log: readonly LatencyInterval[],
): Latencies | undefined {
  const seconds = new Set(periods.flatMap(({ rows }) => rows.map(({ second }) => second)));
  return mergedLatencies(log.filter((one) => one.of === of && seconds.has(one.second)));
}

function missing(of: TimedDistribution, log: readonly LatencyInterval[]): string {
  if (log.length === 0) return 'the run kept no latency log of this cell';
  return of === 'publish-service'
    ? 'not every period has an answered send'
    : `no ${of} was measured`;
}

/** Averages are doubles in both units. */
function meanInUnit(of: TimedDistribution, ns: number): number {
  return of === 'send-delay' ? ns / 1e3 : ns / 1e6;
}

function invalidity({ performance }: JudgedCell): readonly string[] {
  return performance.status === 'invalid'
    ? [`the measurement is invalid: ${performance.reasons.join('; ')}`]
    : [];
}

function wholeNumber(text: string | undefined): number | undefined {
  const value = Number.parseInt(text ?? '', 10);
  return Number.isInteger(value) ? value : undefined;
}

function bytesOf(payload: string | undefined): number | undefined {
  const [, bytes] = /^(\d+) B$/.exec(payload ?? '') ?? [];
  return bytes === undefined ? undefined : Number(bytes);
}

function fileName(text: string): string {
  return text.replaceAll(/[^\w@.=,-]+/g, '_').slice(0, 80);
}
