import type { LimitRecord } from '../../../harness/record/limit-schema.ts';
import type { ReadingRecord } from '../../../harness/record/reading-schema.ts';
import type { JudgedCell } from '../../../harness/record/schema.ts';
import type {
  Bound,
  CountdownFigure,
  Expectation,
  Figure,
  LimitFigure,
  ReadersFigure,
} from '../../../scenarios/textbook/sentence.ts';

export const valueAt = (bound: Bound): number => ('least' in bound ? bound.least : bound.most);

/** The cell with the figure at its bound, where one is asked for. */
export function withFigure(cell: JudgedCell, expectation: Expectation): JudgedCell {
  if (expectation.is === 'told') return withValue(cell, expectation.figure, 100);
  if (expectation.is !== 'figure') return cell;
  return withValue(cell, expectation.figure, valueAt(expectation.bound));
}

export function withValue(cell: JudgedCell, figure: Figure, value: number): JudgedCell {
  switch (figure.of) {
    case 'counts':
      return { ...cell, counts: { ...cell.counts, [figure.name]: value } };
    case 'backlog':
      return { ...cell, backlog: { messages: 1_000, tookNs: 1e9, ratePerSecond: value } };
    case 'throughput':
      return withThroughput(cell, value);
    case 'round-trip':
      return withTrips(cell, figure.stage, value);
    case 'replies': {
      const none = { received: 1, own: 0, others: 0, unidentified: 0 };
      const known = cell.replies ?? { knownBy: 'correlation-id', ...none };
      return { ...cell, replies: { ...known, [figure.name]: value } };
    }
    case 'exercise':
      return { ...cell, exercise: withExercise(cell.exercise ?? exercised, figure.name, value) };
    case 'readers':
      return { ...cell, reading: withReaders(cell.reading ?? nobody, figure.name, value) };
    case 'partitions': {
      if (figure.name === 'keys-in-several') {
        const keys = { stored: 64, inSeveral: value };
        return { ...cell, reading: { ...(cell.reading ?? nobody), keys } };
      }
      const scopes = [value, 100 - value].map((mostUnread, scope) => ({
        scope,
        stored: 100,
        mostUnread,
      }));
      return { ...cell, reading: { ...(cell.reading ?? nobody), scopes, scopesTotal: 2 } };
    }
    case 'countdown':
      return { ...cell, reading: withCountdown(cell.reading ?? nobody, figure.name, value) };
    case 'limit':
      return { ...cell, limit: withLimit(cell.limit ?? nothingAtItsLimit, figure.name, value) };
    case 'fault': {
      const told = { name: figure.name, value: value === 0 ? 'none' : `${value}, by 2 of them` };
      const faults = cell.faults.map((fault) =>
        fault.kind === figure.kind ? { ...fault, evidence: [...fault.evidence, told] } : fault,
      );
      return { ...cell, faults };
    }
  }
}

function withThroughput(cell: JudgedCell, megabytes: number): JudgedCell {
  const { performance } = cell;
  if (performance.status === 'untimed') throw new Error(`${cell.id} is not timed`);
  const figures = { ...performance.figures, deliveredRatePerSecond: megabytes * 1_000 };
  const load = { ...cell.load, payload: '1000 B' };
  return { ...cell, load, performance: { ...performance, figures } };
}

/** Half as long in the middle as in the last hundredth. */
function withTrips(cell: JudgedCell, stage: number, milliseconds: number): JudgedCell {
  const count = 1_000;
  const p99Ns = milliseconds * 1e6;
  const latency = { count, p50Ns: p99Ns / 2, p90Ns: p99Ns, p99Ns, p999Ns: p99Ns, maxNs: p99Ns };
  const others = cell.windows.filter(({ of }) => of.kind !== 'stage' || of.stage !== stage);
  const window: JudgedCell['windows'][number] = {
    of: { kind: 'stage', stage, arrivals: '1000/s for 1s' },
    startNs: 0,
    endNs: 1e9,
    sent: count,
    acknowledged: count,
    failed: 0,
    unknown: 0,
    delivered: count,
    inFlight: null,
    backlog: null,
    latencies: { 'end-to-end-response': latency },
  };
  return { ...cell, windows: [...others, window] };
}

const nothingAtItsLimit: LimitRecord = {
  side: 'none',
  clientThread: null,
  brokerThread: null,
  brokerDisk: null,
  machine: null,
  throttled: null,
  quota: null,
};

function withLimit(limit: LimitRecord, name: LimitFigure, value: number): LimitRecord {
  if (name === 'throttled') return { ...limit, throttled: value };
  const quota = { messagesPerSecond: 1_000, acknowledgedPerSecond: value, throttled: 1, sent: 1 };
  return { ...limit, quota };
}

const responses = { count: 1_000, p50Ns: 1e6, p99Ns: 1e6, maxNs: 1e6 };
const exercised: NonNullable<JudgedCell['exercise']> = {
  spread: { users: 10, usersSeen: 10, partitions: 2, least: 5, most: 5, chiSquare: 0 },
  stages: [{ arrivals: '', plannedPerSecond: 100, achievedPerSecond: 100, isOutage: false }],
  examined: { outside: responses, within: responses, windowNs: 1e9 },
  setAside: { undecodable: 1, deadLetters: 1, missing: 0, others: 0 },
  files: { files: 1, rows: 10, rowsAgain: 0 },
};

function withExercise(
  record: typeof exercised,
  name: Extract<Figure, { of: 'exercise' }>['name'],
  value: number,
): typeof exercised {
  const { setAside, examined } = record;
  if (name === 'undecodable') return { ...record, setAside: { ...setAside, undecodable: value } };
  if (name === 'dead-letters-missing') {
    return { ...record, setAside: { ...setAside, missing: value } };
  }
  const told = { ...responses, p99Ns: value * 1e6 };
  const both = examined ?? { outside: responses, within: responses, windowNs: 1e9 };
  const side = name === 'p99-outside' ? { outside: told } : { within: told };
  return { ...record, examined: { ...both, ...side } };
}

const nobody: ReadingRecord = {
  consumers: [{ name: 'consumer-1', delivered: 100, mostHeld: 1 }],
  consumersTotal: 1,
  scopes: [],
  scopesTotal: 0,
  keys: { stored: 0, inSeveral: 0 },
  countdown: null,
};

/** As many that are idle, or one that holds so much. */
function withReaders(reading: ReadingRecord, name: ReadersFigure, value: number): ReadingRecord {
  const more =
    name === 'idle'
      ? Array.from({ length: value }, (_, at) => ({
          name: `idle-${at}`,
          delivered: 0,
          mostHeld: 0,
        }))
      : [{ name: 'holder', delivered: value, mostHeld: value }];
  const consumers = [...reading.consumers, ...more];
  return { ...reading, consumers, consumersTotal: consumers.length };
}

function withCountdown(
  reading: ReadingRecord,
  name: CountdownFigure,
  value: number,
): ReadingRecord {
  const known = reading.countdown ?? { skipped: 0, first: null };
  if (name === 'skipped') return { ...reading, countdown: { ...known, skipped: value } };
  const first = known.first ?? {
    scope: 0,
    atNs: 2e9,
    kept: 256,
    leftByHalfNs: 0,
    leftByNineTenthsNs: 0,
    leftByGrowthNs: 0,
  };
  const key = {
    half: 'leftByHalfNs',
    'nine-tenths': 'leftByNineTenthsNs',
    growth: 'leftByGrowthNs',
  };
  return {
    ...reading,
    countdown: { skipped: known.skipped + 1, first: { ...first, [key[name]]: value * 1e6 } },
  };
}
