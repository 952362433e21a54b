import { headerBytes } from '../../core/message-header.ts';
import type { OmbField, OmbWorkload } from './workload.ts';

/** What a field became, where it did not become the same. */
export interface Departure {
  readonly field: OmbField;
  readonly why: string;
}

/** One scenario of a suite, with the words that a suite file has for them. */
export interface ImportedScenario {
  readonly id: string;
  readonly rate?: number;
  readonly messages?: number;
  readonly arrivals?: string;
  readonly warmup?: string;
  readonly payload: number;
  readonly keys?: number;
  readonly skew?: string;
  readonly producers: number;
  readonly consumers: number;
  readonly partitions: number;
  readonly subscriptions: number;
}

export interface ImportedSuite {
  readonly scenario: ImportedScenario;
  readonly departures: readonly Departure[];
}

const most = { actors: 64, partitions: 1_024, subscriptions: 16, stages: 100 } as const;
/** Keys that OMB's distributors draw from (`KeyDistributor.UNIQUE_COUNT`). */
const ombKeys = 10_000;
const gigabyte = 2 ** 30;

/**
 * The suite's scenario that comes nearest to a workload of OMB, and every field that has no equivalent or another.
 *
 * @param seconds of load instead of the workload's minutes; undefined keeps those
 */
export function suiteOf(from: OmbWorkload, seconds: number | undefined): ImportedSuite {
  const departures: Departure[] = [];
  const differs = (field: OmbField, why: string): void => {
    departures.push({ field, why });
  };
  const capped = (field: OmbField, wanted: number, limit: number, what: string): number => {
    if (wanted > limit)
      differs(field, `${wanted} ${what} are more than the ${limit} that a cell has`);
    return Math.min(Math.max(wanted, 1), limit);
  };
  const topics = Math.max(from.topics, 1);
  if (topics > 1) {
    differs('topics', `${topics} topics become one destination with the partitions of all`);
  }
  const subscriptions = capped(
    'subscriptionsPerTopic',
    from.subscriptionsPerTopic,
    most.subscriptions,
    'subscriptions',
  );
  const consumers = topics * subscriptions * from.consumerPerSubscription;
  const shape = {
    payload: payloadOf(from, differs),
    producers: capped(
      'producersPerTopic',
      topics * from.producersPerTopic,
      most.actors,
      'producers',
    ),
    consumers: Math.max(
      subscriptions,
      capped('consumerPerSubscription', consumers, most.actors, 'consumers'),
    ),
    partitions: capped(
      'partitionsPerTopic',
      topics * from.partitionsPerTopic,
      most.partitions,
      'partitions',
    ),
    subscriptions,
    ...keysOf(from, differs),
  };
  noteWithoutEquivalent(from, differs);
  return { scenario: { ...loadOf(from, shape.payload, seconds, differs), ...shape }, departures };
}

type Differs = (field: OmbField, why: string) => void;
type LoadPart = Pick<ImportedScenario, 'id' | 'rate' | 'messages' | 'arrivals' | 'warmup'>;

function payloadOf({ messageSize }: OmbWorkload, differs: Differs): number {
  if (messageSize >= headerBytes) return messageSize;
  differs('messageSize', `${messageSize} B become ${headerBytes}: each message has a header`);
  return headerBytes;
}

function keysOf(
  { keyDistributor }: OmbWorkload,
  differs: Differs,
): Pick<ImportedScenario, 'keys' | 'skew'> {
  if (keyDistributor === 'NO_KEY') {
    differs('keyDistributor', 'every message has a key, because order is judged by keys; in turn');
    return {};
  }
  return { keys: ombKeys, skew: keyDistributor === 'RANDOM_NANO' ? 'uniform' : 'in-turn' };
}

/** What the messages are, how many, and when. */
function loadOf(
  from: OmbWorkload,
  payloadBytes: number,
  seconds: number | undefined,
  differs: Differs,
): LoadPart {
  const testSeconds = Math.max(1, from.testDurationMinutes * 60);
  const scale = seconds === undefined ? 1 : seconds / testSeconds;
  if (from.consumerBacklogSizeGB > 0) return backlogOf(from, payloadBytes, seconds, differs);
  if (from.producerRate === 0) {
    differs(
      'producerRate',
      '0 looks for the highest rate: here as fast as answers come; `ackmark search` finds the rate under an objective',
    );
    return { id: 'saturation' };
  }
  if (from.producerIncrementRate > 0) return stagesOf(from, testSeconds, scale, differs);
  const warmup = Math.round(from.producerRate * from.warmupDurationMinutes * 60 * scale);
  const measured = Math.max(1, Math.round(from.producerRate * testSeconds * scale));
  if (warmup > measured) differs('warmupDurationMinutes', 'a warm-up is at most half of the load');
  const kept = Math.min(warmup, measured);
  return {
    id: 'steady',
    rate: from.producerRate,
    messages: measured + kept,
    ...(kept === 0 ? {} : { warmup: `${kept}` }),
  };
}

function backlogOf(
  from: OmbWorkload,
  payloadBytes: number,
  seconds: number | undefined,
  differs: Differs,
): LoadPart {
  const rate = from.producerRate;
  // What all subscriptions have yet to receive, as OMB counts it.
  const ofEach = payloadBytes * Math.max(1, from.subscriptionsPerTopic);
  const asked = Math.ceil((from.consumerBacklogSizeGB * gigabyte) / ofEach);
  differs(
    'testDurationMinutes',
    'a backlog is built and worked off, however long it takes; producers do not go on meanwhile',
  );
  const messages = seconds === undefined || rate === 0 ? asked : Math.ceil(rate * seconds);
  if (messages < asked) {
    differs('consumerBacklogSizeGB', `${messages} of the ${asked} messages, in ${seconds} s`);
  }
  return { id: 'backlog', messages, ...(rate === 0 ? {} : { rate }) };
}

/** Steps of the rate from its start to its end, each as long as the workload says, within the test's time. */
function stagesOf(
  from: OmbWorkload,
  testSeconds: number,
  scale: number,
  differs: Differs,
): LoadPart {
  const start = Math.max(1, from.producerStartRate ?? from.producerRate);
  const each = Math.max(1, from.producerIncrementSeconds);
  const steps = Math.min(
    Math.floor(Math.max(0, from.producerRate - start) / from.producerIncrementRate) + 1,
    Math.ceil(testSeconds / each),
  );
  if (steps > most.stages) {
    differs('producerIncrementRate', `${most.stages} of ${steps} steps: a load has no more`);
  }
  const stages = Array.from({ length: Math.min(steps, most.stages) }, (_, step) => {
    const lastsMs = Math.max(1, Math.round(each * 1_000 * scale));
    return `${start + step * from.producerIncrementRate}/s@${lastsMs}ms`;
  });
  return { id: 'steady', arrivals: `stages:${stages.join(',')}` };
}

const bodies = 'bodies are a seeded template, compared byte by byte; their content has no setting';
const searching = 'belongs to OMB’s search for the highest rate: see `ackmark search`';

/** Why fields have no equivalent; told where the file sets them. */
const withoutEquivalent = {
  useRandomizedPayloads: bodies,
  randomBytesRatio: bodies,
  randomizedPayloadPoolSize: bodies,
  payloadFile: bodies,
  messageRateReceivedForSubscription: 'every subscription gets everything',
  acceptableBacklog: searching,
  backlogDrainRatio: 'a backlog is worked off to its end',
  producerPauseBeforeDrain: 'producers are done before consumers come',
  producerPauseDuringDrain: 'producers are done before consumers come',
  logIntervalMillis: 'series have one row for each second',
} as const satisfies Readonly<Partial<Record<OmbField, string>>>;

function noteWithoutEquivalent(from: OmbWorkload, differs: Differs): void {
  for (const [field, why] of Object.entries(withoutEquivalent)) {
    if (from[field as keyof typeof withoutEquivalent] !== undefined)
      differs(field as OmbField, why);
  }
  if (from.producerStartRate !== undefined && from.producerIncrementRate === 0) {
    differs('producerStartRate', searching);
  }
}
