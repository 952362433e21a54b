import {
  type Arrivals,
  type LatePolicy,
  type Load,
  messagesOfStage,
  type OpenLoad,
  type WarmUp,
} from '../../scenarios/load.ts';
import type { KeyChoice, MessageWork, Sizes } from '../../scenarios/spread.ts';
import type { EffectStore, Scenario, Workload } from '../../scenarios/scenario.ts';

/** What a flag, a suite or a point of a sweep changes about a scenario's load; undefined keeps its own. */
export interface LoadChanges {
  readonly ratePerSecond?: number | undefined;
  readonly messages?: number | undefined;
  readonly arrivals?: ArrivalsChange | undefined;
  readonly late?: LatePolicy | undefined;
  readonly warmUp?: WarmUp | undefined;
  readonly payloadBytes?: Sizes | undefined;
  readonly keys?: number | undefined;
  readonly keyChoice?: KeyChoice | undefined;
  /** In place of what the consumer does of each batch; `none`: nothing at all. */
  readonly work?: MessageWork | 'none' | undefined;
  readonly producers?: number | undefined;
  readonly consumers?: number | undefined;
  readonly partitions?: number | undefined;
  readonly subscriptions?: number | undefined;
  /** Of jobs that have effects outside the system. */
  readonly effects?: EffectStore | undefined;
  /** Fewer than the scenario itself asks for change nothing. */
  readonly nodes?: number | undefined;
}

/** Bursts are named with their rate. */
export type ArrivalsChange =
  | Exclude<Arrivals, { readonly kind: 'bursts' }>
  | { readonly kind: 'bursts'; readonly size: number; readonly ratePerSecond: number };

/** What cannot be changed so, by the option that says it. */
export interface LoadProblem {
  readonly option:
    | 'rate'
    | 'messages'
    | 'arrivals'
    | 'late'
    | 'warmup'
    | 'keys'
    | 'producers'
    | 'skew'
    | 'consumers'
    | 'subscriptions'
    | 'partitions'
    | 'nodes';
  readonly what: string;
}

export interface ChangedScenario {
  readonly scenario: Scenario;
  readonly problems: readonly LoadProblem[];
}

/**
 * The scenario under another load. The guards stay as they are: a run too small for them is inconclusive, not a
 * smaller proof.
 */
export function changedScenario(scenario: Scenario, changes: LoadChanges): ChangedScenario {
  const problems: LoadProblem[] = [];
  const { workload } = scenario;
  const load =
    workload.load.kind === 'closed'
      ? closedLoad(scenario.id, workload.load, changes, problems)
      : openLoad(workload.load, changes, problems);
  const changed: Scenario = {
    ...scenario,
    needs: withNodes(scenario, changes.nodes, problems),
    workload: {
      ...changedActors(workload, changes),
      load: changes.warmUp === undefined ? load : { ...load, warmupMessages: changes.warmUp },
    },
    topology: {
      ...scenario.topology,
      scopes: changes.partitions ?? scenario.topology.scopes,
      subscriptions: changes.subscriptions ?? scenario.topology.subscriptions,
    },
  };
  return { scenario: withFanOut(changed), problems };
}

function changedActors(workload: Workload, changes: LoadChanges): Workload {
  const { work, payloadBytes, keys, keyChoice, producers, consumers, effects } = changes;
  return {
    ...workload,
    payloadBytes: payloadBytes ?? workload.payloadBytes,
    keys: keys ?? workload.keys,
    producers: producers ?? workload.producers,
    consumers: consumers ?? workload.consumers,
    ...(keyChoice === undefined ? {} : { keyChoice }),
    ...(effects === undefined || workload.effects === undefined ? {} : { effects }),
    ...(work === undefined ? {} : { workMs: 0, work: work === 'none' ? undefined : work }),
  };
}

/** What does not go together in the end, by the options of which one must give way. */
export interface UnfitLoad {
  readonly options: readonly LoadProblem['option'][];
  readonly what: string;
}

/** The consumers of transformers read the second subscription on. */
export function unfitLoad({ workload, topology }: Scenario): readonly UnfitLoad[] {
  const unfit: UnfitLoad[] = [];
  const { keyChoice, keys, load, consumers } = workload;
  const read = workload.transformers > 0 ? topology.subscriptions - 1 : topology.subscriptions;
  if (read < 1) {
    const what = 'one subscription is the transformers’ own: 2 at least';
    unfit.push({ options: ['subscriptions'], what });
  } else if (consumers < read) {
    const what = `${consumers} consumers cannot read ${read} subscriptions: one each at least`;
    unfit.push({ options: ['consumers', 'subscriptions'], what });
  }
  const routed = topology.routing?.subscriptions.length;
  if (routed !== undefined && routed !== topology.subscriptions) {
    const what = `the bindings of the scenario have ${routed} subscriptions`;
    unfit.push({ options: ['subscriptions'], what });
  }
  if (workload.exchange !== undefined && (workload.producers !== 1 || consumers !== 1)) {
    const what = 'one producer and one consumer are the requester together';
    unfit.push({ options: ['producers', 'consumers'], what });
  }
  if (workload.users !== undefined && keys % topology.scopes !== 0) {
    const what = `users have ${keys} lanes (keys), which ${topology.scopes} partitions cannot share alike`;
    unfit.push({ options: ['keys', 'partitions'], what });
  }
  if (workload.users !== undefined && keyChoice !== undefined) {
    unfit.push({ options: ['skew'], what: 'each user of the scenario is as likely as any other' });
  }
  if (workload.producers > load.messages) {
    const what = `${workload.producers} producers cannot share ${load.messages} messages`;
    unfit.push({ options: ['producers', 'messages'], what });
  }
  if (keyChoice?.kind === 'hot' && keyChoice.keys > keys) {
    const what = `${keyChoice.keys} of ${keys} keys cannot be hot`;
    unfit.push({ options: ['skew', 'keys'], what });
  }
  if (load.warmupMessages !== 'until-steady' && load.warmupMessages >= load.messages) {
    const what = `the warm-up takes all ${load.messages} messages: nothing would be measured`;
    unfit.push({ options: ['warmup', 'messages'], what });
  }
  if (load.warmupMessages === 'until-steady' && workload.consumersJoin !== undefined) {
    const what = 'nothing is steady while nobody consumes: give a number of messages';
    unfit.push({ options: ['warmup'], what });
  }
  return unfit;
}

/** One node is what every target has; a scenario of several cannot be had with fewer. */
function withNodes(
  { id, needs }: Scenario,
  nodes: number | undefined,
  problems: LoadProblem[],
): Scenario['needs'] {
  if (nodes === undefined) return needs;
  const needed = needs.map((need) => (need.kind === 'replicas' ? need.nodes : 1));
  const fewest = Math.max(1, ...needed);
  if (nodes < fewest) problems.push({ option: 'nodes', what: `${id} needs ${fewest} nodes` });
  return nodes === 1 ? needs : [...needs, { kind: 'replicas', nodes }];
}

/** Engines whose destinations have one subscription only cannot play it. */
function withFanOut(scenario: Scenario): Scenario {
  const { needs, topology, workload } = scenario;
  const isTold = needs.some(({ kind }) => kind === 'fan-out');
  const most = workload.transformers > 0 ? 2 : 1;
  if (isTold || topology.subscriptions <= most) return scenario;
  return { ...scenario, needs: [...needs, { kind: 'fan-out' }] };
}

function closedLoad(
  scenario: string,
  load: Load,
  changes: LoadChanges,
  problems: LoadProblem[],
): Load {
  const told = [
    ['rate', changes.ratePerSecond],
    ['arrivals', changes.arrivals],
    ['late', changes.late],
  ] as const;
  for (const [option, value] of told) {
    if (value === undefined) continue;
    // Left unsaid, the record would tell of a rate that nothing kept.
    const what = `${scenario} sends as fast as its answers come (closed loop): it has no rate; leave it out, or name other scenarios`;
    problems.push({ option, what });
  }
  return sized(load, changes.messages ?? load.messages);
}

function openLoad(load: OpenLoad, changes: LoadChanges, problems: LoadProblem[]): Load {
  const arriving =
    changes.arrivals === undefined
      ? givingWay(load, changes)
      : withArrivals(load, changes.arrivals);
  const rated = withRate(arriving, changes, problems);
  const messages = changes.messages ?? rated.messages;
  const most = mostMessages(rated);
  if (messages > most) {
    problems.push({
      option: 'messages',
      what: `the arrivals have ${most} messages, and ${messages} are asked for: leave it out, or ask for fewer`,
    });
  }
  return sized({ ...rated, late: changes.late ?? rated.late }, Math.min(messages, most));
}

/** Stages of the scenario itself have another rate and another number than those that are asked for: it comes evenly then. */
function givingWay(load: OpenLoad, { ratePerSecond, messages }: LoadChanges): OpenLoad {
  const isAsked = ratePerSecond !== undefined || messages !== undefined;
  if (load.arrivals?.kind !== 'stages' || !isAsked) return load;
  return { ...load, arrivals: { kind: 'constant' } };
}

/** Stages and traces have their own rate and number of messages; the warm-up keeps its share. */
function withArrivals(load: OpenLoad, arrivals: ArrivalsChange): OpenLoad {
  switch (arrivals.kind) {
    case 'constant':
    case 'poisson':
      return { ...load, arrivals };
    case 'bursts': {
      const { size, ratePerSecond } = arrivals;
      return { ...load, ratePerSecond, arrivals: { kind: 'bursts', size } };
    }
    case 'stages': {
      const { stages } = arrivals;
      const messages = Math.round(stages.reduce((sum, stage) => sum + messagesOfStage(stage), 0));
      const seconds = stages.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1_000;
      return { ...sizedOpen(load, messages), ratePerSecond: messages / seconds, arrivals };
    }
    case 'trace': {
      const messages = arrivals.offsetsNs.length;
      const seconds = (arrivals.offsetsNs.at(-1) ?? 0) / 1e9;
      return { ...sizedOpen(load, messages), ratePerSecond: messages / seconds, arrivals };
    }
  }
}

function withRate(load: OpenLoad, changes: LoadChanges, problems: LoadProblem[]): OpenLoad {
  const { ratePerSecond, arrivals } = changes;
  if (ratePerSecond === undefined) return load;
  const kind = load.arrivals?.kind ?? 'constant';
  if (kind === 'stages' || kind === 'trace' || arrivals?.kind === 'bursts') {
    problems.push({
      option: 'rate',
      what: `the arrivals (${kind}) say the rate themselves: leave one of both out`,
    });
  }
  return { ...load, ratePerSecond };
}

function mostMessages({ arrivals }: OpenLoad): number {
  if (arrivals?.kind === 'trace') return arrivals.offsetsNs.length;
  if (arrivals?.kind !== 'stages') return Number.POSITIVE_INFINITY;
  return Math.round(arrivals.stages.reduce((sum, stage) => sum + messagesOfStage(stage), 0));
}

/** The warm-up shrinks with the load, and does not grow with it. */
function sized(load: Load, messages: number): Load {
  return load.kind === 'open' ? sizedOpen(load, messages) : { ...load, ...sizes(load, messages) };
}

function sizedOpen(load: OpenLoad, messages: number): OpenLoad {
  return { ...load, ...sizes(load, messages) };
}

function sizes({ messages, warmupMessages }: Load, count: number) {
  if (warmupMessages === 'until-steady') return { messages: count, warmupMessages } as const;
  return {
    messages: count,
    warmupMessages: Math.round(warmupMessages * Math.min(1, count / messages)),
  };
}
