import { effectStores } from '../../../scenarios/scenario.ts';
import type { LoadChanges } from '../../plan/load-changes.ts';
import { parseCount, parseRate } from '../quantities.ts';
import { type ArrivalsWord, parseArrivals } from './arrivals-text.ts';
import { parseLate, parseWarmUp } from './late-text.ts';
import { type Parsed, problem, value } from './parsed.ts';
import { parseSizes, parseSkew, parseWork } from './spread-text.ts';

/** Changes as they are written: a trace has not been read. */
export interface LoadWords extends Omit<LoadChanges, 'arrivals'> {
  readonly arrivals?: ArrivalsWord | undefined;
}

export interface LoadOption {
  /** What a value is, for the help and the suite's schema. */
  readonly describe: string;
  read(text: string): Parsed<LoadWords>;
}

/** What flags, suites and sweeps may say of the load, by one name everywhere. */
export const loadOptions = {
  rate: {
    describe: 'messages per second, such as 5k/s',
    read: numeric(parseRate, 'must be a rate such as 5k/s', (ratePerSecond) => ({ ratePerSecond })),
  },
  messages: {
    describe: 'messages of each cell, such as 100k',
    read: numeric(parseCount, 'must be a count such as 100k', (messages) => ({ messages })),
  },
  arrivals: {
    describe: 'constant, poisson, bursts:100/1s, stages:5k/s@10s,5k..20k/s@30s or trace:file',
    read: worded(parseArrivals, (arrivals) => ({ arrivals })),
  },
  late: {
    describe: 'what could not leave in time: catch-up, drop or bounded:500ms',
    read: worded(parseLate, (late) => ({ late })),
  },
  warmup: {
    describe: 'what no latency figure counts: a number of messages, or steady',
    read: worded(parseWarmUp, (warmUp) => ({ warmUp })),
  },
  payload: {
    describe:
      'bytes with the header: 1k, uniform:100..10k, weighted:100=9,10k=1 or zipf:1.1/100..64k',
    read: worded(parseSizes, (payloadBytes) => ({ payloadBytes })),
  },
  keys: {
    describe: 'distinct keys of each producer, such as 1k',
    read: bounded(100_000, (keys) => ({ keys })),
  },
  skew: {
    describe: 'which key a message has: in-turn, uniform, zipf:1.1 or hot:5@80%',
    read: worded(parseSkew, (keyChoice) => ({ keyChoice })),
  },
  work: {
    describe:
      'the consumer’s, of each message: none, 5ms, exponential:5ms, uniform:1ms..9ms; busy:5ms',
    read: worded(parseWork, (work) => ({ work })),
  },
  producers: {
    describe: 'that share the rate',
    read: bounded(64, (producers) => ({ producers })),
  },
  consumers: {
    describe: 'of all subscriptions together',
    read: bounded(64, (consumers) => ({ consumers })),
  },
  partitions: {
    describe: 'of each destination, where the engine has them',
    read: bounded(1_024, (partitions) => ({ partitions })),
  },
  effects: {
    describe: `where jobs have effects outside the system: ${effectStores.join(' or ')}`,
    read: (text) => {
      const effects = effectStores.find((store) => store === text);
      return effects === undefined
        ? problem(`${JSON.stringify(text)} must be one of ${effectStores.join(', ')}`)
        : value({ effects });
    },
  },
  nodes: {
    describe: 'of a target that is started here, at least',
    read: bounded(7, (nodes) => ({ nodes })),
  },
  subscriptions: {
    describe: 'that each get everything (fan-out)',
    read: bounded(16, (subscriptions) => ({ subscriptions })),
  },
} as const satisfies Readonly<Record<string, LoadOption>>;

export type LoadOptionName = keyof typeof loadOptions;
export const loadOptionNames = Object.keys(loadOptions) as readonly LoadOptionName[];

/** As they were written, by their name. */
export type LoadTexts = Readonly<Partial<Record<LoadOptionName, string | undefined>>>;

function numeric(
  parse: (text: string) => number | undefined,
  what: string,
  words: (parsed: number) => LoadWords,
): LoadOption['read'] {
  return (text) => {
    const parsed = parse(text);
    return parsed === undefined ? problem(`${JSON.stringify(text)} ${what}`) : value(words(parsed));
  };
}

function bounded(most: number, words: (parsed: number) => LoadWords): LoadOption['read'] {
  return (text) => {
    const parsed = parseCount(text);
    return parsed === undefined || parsed > most
      ? problem(`${JSON.stringify(text)} must be a count from 1 to ${most}`)
      : value(words(parsed));
  };
}

function worded<T>(
  parse: (text: string) => Parsed<T>,
  words: (parsed: T) => LoadWords,
): LoadOption['read'] {
  return (text) => {
    const parsed = parse(text);
    return parsed.is === 'value'
      ? value(words(parsed.value))
      : problem(`${JSON.stringify(text)}: ${parsed.what}`);
  };
}
