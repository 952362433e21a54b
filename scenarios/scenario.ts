import type { BindingSpec, Capability, Consumption, Routing } from '../engines/engine.ts';
import type { CheckId } from '../harness/core/anomalies.ts';
import type { FaultDomain, Level, PromiseSet } from '../harness/core/clauses.ts';
import type { Load } from './load.ts';
import type { KeyChoice, MessageWork, Sizes } from './spread.ts';
import type { Tap } from './tap.ts';

export type { Arrivals, LatePolicy, Load, Stage } from './load.ts';
export type { KeyChoice, MessageWork, Sizes } from './spread.ts';
export type { Tap } from './tap.ts';

/**
 * One promise put to the test: topology, workload, faults, the clauses it can expose, and the control
 * that must show the anomaly. Plain data, the same for every engine.
 */
export interface Scenario {
  readonly id: string;
  readonly summary: string;
  /** Timed cells run alone and carry a price; conformance cells may share the machine. */
  readonly kind: 'timed' | 'conformance';
  readonly needs: readonly Need[];
  /** Where messages are transformed, subscription 0 reads what comes in and the others what comes out. */
  readonly topology: {
    readonly scopes: number;
    readonly subscriptions: number;
    /** Further subscriptions of what comes in; they have the numbers after those. */
    readonly taps?: readonly Tap[];
    /**
     * Deliveries after which the first subscription shall give a message up. Where the engine moves it to dead
     * letters then, these have a destination, a subscription and a consumer of their own, after all others.
     */
    readonly deliveryLimit?: number;
    /** Absent: there is one destination, and all that is sent there goes to every subscription. */
    readonly routing?: RoutingPlan;
  };
  readonly workload: Workload;
  readonly faults: readonly FaultPlan[];
  /** The fault that claims must survive here; `none` for an undisturbed run. */
  readonly under: FaultDomain;
  /** Clauses that this scenario can break; others are judged too, but prove nothing about the fault. */
  readonly exposes: readonly CheckId[];
  readonly guards: Guards;
  readonly controls: readonly Control[];
  /** What a sweep made of a scenario of the catalogue; its id has the values in it. */
  readonly point?: {
    readonly of: string;
    readonly sets: readonly { readonly axis: string; readonly value: string }[];
  };
}

export type Need =
  | { readonly kind: 'capability'; readonly capability: Capability }
  /** Each subscription of a destination gets its own copies. */
  | { readonly kind: 'fan-out' }
  | { readonly kind: 'send-reply' }
  | { readonly kind: 'wire' }
  | { readonly kind: 'broker-process' }
  /** Jobs that commit their outputs and what they consumed as one. */
  | { readonly kind: 'transactional-job' }
  | { readonly kind: 'power-loss' }
  /** So many nodes that replicate; the cell runs on no fewer. */
  | { readonly kind: 'replicas'; readonly nodes: number }
  /** Nodes that can be parted from each other. */
  | { readonly kind: 'node-networks' }
  /** Nodes that say which groups and transactions they coordinate. */
  | { readonly kind: 'coordinators' }
  /** So many processes beside the nodes that elect leaders. */
  | { readonly kind: 'controllers'; readonly controllers: number }
  /** Nodes that can be taken out of service in good order. */
  | { readonly kind: 'withdrawal' };

export interface Workload {
  readonly producers: number;
  readonly consumers: number;
  /** When nobody consumes before; from the start where nothing is said. */
  readonly consumersJoin?: 'after-load';
  /** Jobs that read, make one output of each message, and write it to a second destination. */
  readonly transformers: number;
  /**
   * Present where the one producer and the one consumer are a requester together, whose requests transformers answer:
   * the consumer looks for the request of each reply, as the profile says.
   */
  readonly exchange?: 'request-reply';
  /** Where each message that they work on has an effect besides its output; nowhere where nothing is said. */
  readonly effects?: EffectStore;
  /** With the header. */
  readonly payloadBytes: Sizes;
  /** Distinct keys, which become the ordering lanes. */
  readonly keys: number;
  /** Messages carry theirs also where their producer chooses the partition by it; where nothing is said, only where the broker does. */
  readonly keyed?: true;
  /** Whose names are the keys, by which murmur2(key) % N chooses the partition; each has one of its lanes. */
  readonly users?: number;
  /** Which of them a message has; in turn where nothing is said. */
  readonly keyChoice?: KeyChoice;
  /**
   * Where producers choose a partition: murmur2(key) % N, where N is `first` for the share `until` of a key’s messages
   * and all partitions after that. Absent: key n has partition n modulo their number.
   */
  readonly partitioner?: { readonly first: number; readonly until: number };
  readonly load: Load;
  readonly lingerMs: number;
  readonly batchMessages: number;
  /** Permits each consumer keeps open. */
  readonly prefetch: number;
  /** Time the consumer's own work takes for each batch that it takes up: everything that waits. */
  readonly workMs: number;
  /** Work of each message, one after another, besides that of the batch. */
  readonly work?: MessageWork | undefined;
  readonly poison?: PoisonPlan;
  readonly drainTimeoutMs: number;
}

/** Systems in which effects can be, outside the one that is put to the test: each is started for a cell of its own. */
export const effectStores = ['sqlite', 'postgres'] as const;
export type EffectStore = (typeof effectStores)[number];

/** Destinations that choose who gets what, and how messages are addressed. */
export interface RoutingPlan {
  /** `alternate`: another of them, by its number. */
  readonly destinations: readonly {
    readonly by: Routing['by'] | 'everything';
    readonly alternate: number | undefined;
  }[];
  /** Destination of each subscription. */
  readonly subscriptions: readonly number[];
  readonly bindings: readonly BindingSpec[];
  /** Those of the bindings that are in force from the beginning. */
  readonly initially: readonly number[];
  /** Lanes are dealt out to them in blocks of about the same size. */
  readonly addresses: readonly Address[];
}

export interface Address {
  readonly destination: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
}

/** Messages that no consumer of the first subscription can process. */
export interface PoisonPlan {
  /** One in so many, by the cell's seed. */
  readonly oneIn: number;
  /** Each message is answered in one of these ways, always the same, as far as the engine has them. */
  readonly answers: readonly PoisonAnswer[];
  /** Deliveries after which it is processed after all: somebody repaired it, and a cell without a limit ends. */
  readonly curedAfter: number;
}

/** `lapse`: nothing is said, until the lease has ended. */
export const poisonAnswers = ['requeue', 'reject', 'lapse'] as const;
export type PoisonAnswer = (typeof poisonAnswers)[number];

/** When: share of the load's messages that have been sent, 0 to 1. */
export type FaultPlan =
  | { readonly kind: 'kill-broker'; readonly at: number; readonly downMs: number }
  | { readonly kind: 'lose-power'; readonly at: number; readonly downMs: number }
  /**
   * The leader dies after its followers stood still for so long, less than it takes to be out of sync: what it
   * answered meanwhile on its own word is nowhere else.
   */
  | {
      readonly kind: 'kill-leader';
      readonly at: number;
      readonly pauseFollowersMs: number;
      readonly downMs: number;
    }
  /**
   * SIGKILL of the node that coordinates the group of the first subscription, or the transactions of a job, while jobs
   * are half done; it comes back so long after another one does.
   */
  | {
      readonly kind: 'kill-coordinator';
      readonly at: number;
      readonly of: 'group' | 'transactions';
      readonly downMs: number;
    }
  /** SIGKILL of the active controller; it comes back so long after another one is active. */
  | { readonly kind: 'kill-controller'; readonly at: number; readonly downMs: number }
  /** The followers stand still until they are out of sync and for so long again, and go on. */
  | { readonly kind: 'stall-followers'; readonly at: number; readonly aloneMs: number }
  /**
   * The same, and the leader dies before they go on; with its power goes what it had not synced. It is back
   * when one of them had time to succeed it, and so long after.
   */
  | {
      readonly kind: 'strike-lone-leader';
      readonly at: number;
      readonly aloneMs: number;
      readonly downMs: number;
      readonly by: 'kill' | 'power-loss';
    }
  /** SIGKILL of every node of a target that replicates, at once; all start again so long after. */
  | { readonly kind: 'kill-all'; readonly at: number; readonly downMs: number }
  /** SIGSTOP of the leader until another one leads and for so long more, and SIGCONT. */
  | { readonly kind: 'pause-leader'; readonly at: number; readonly ledMs: number }
  /** Nothing passes between the leader and the other nodes until another one leads and for so long more. */
  | { readonly kind: 'isolate-leader'; readonly at: number; readonly ledMs: number }
  /** The leader is taken out of service in its own order, and comes back so long after it is gone. */
  | { readonly kind: 'drain-leader'; readonly at: number; readonly awayMs: number }
  /** SIGTERM and a new start of one node after another, so long after the one before is back. */
  | { readonly kind: 'restart-each'; readonly at: number; readonly betweenMs: number }
  | {
      readonly kind: 'crash-consumer';
      readonly at: number;
      readonly downMs: number;
      readonly of?: { readonly tap: string; readonly holding: number };
    }
  /** While messages are sent; bindings by their number in the routing plan. */
  | {
      readonly kind: 'change-bindings';
      readonly at: number;
      readonly unbind: readonly number[];
      readonly bind: readonly number[];
    }
  /** Nobody reads dead letters before; see `harness/run/redrive.ts`. */
  | { readonly kind: 'redrive'; readonly at: number }
  /**
   * Somebody comes and reads, when all has been read or, where consumers come after the load, before anybody has; see
   * `harness/run/read-again.ts`.
   */
  | { readonly kind: 'read-again'; readonly at: number }
  | { readonly kind: 'join-consumer'; readonly at: number }
  | { readonly kind: 'leave-consumer'; readonly at: number }
  /**
   * Consumers join, leave in good order and crash in turn, from `at` to `until`: half of the turns joins, a quarter
   * each of the others, in an order of the cell's seed. Never fewer than one of them, nor more than `most`.
   */
  | {
      readonly kind: 'churn-consumers';
      readonly at: number;
      readonly until: number;
      readonly turns: number;
      readonly most: number;
    }
  | { readonly kind: 'crash-producer'; readonly at: number; readonly downMs: number }
  | {
      readonly kind: 'crash-transformer';
      readonly at: number;
      /** What stands when it dies, and nothing of what comes after; see `TransformStep`. */
      readonly after: TransformStep;
      readonly downMs: number;
    }
  /** A transformer stands still, another takes its place and has done work for so long; then it goes on where it stood. */
  | { readonly kind: 'replace-stalled'; readonly at: number; readonly aloneMs: number }
  | {
      readonly kind: 'lose-response';
      readonly at: number;
      readonly times: number;
      readonly everyMs: number;
    }
  /** The same before the system in which jobs have their effects: what it answers to a COMMIT. */
  | {
      readonly kind: 'lose-commit';
      readonly at: number;
      readonly times: number;
      readonly everyMs: number;
    };

/**
 * Steps of a job, in their order: its effect outside the system stands; its outputs do, in a transaction that is open
 * or without one; the offsets of its inputs are part of the transaction; this is committed.
 */
export const transformSteps = ['effect', 'outputs', 'offsets', 'commit'] as const;
export type TransformStep = (typeof transformSteps)[number];

export interface Guards {
  readonly minimumAcknowledged: number;
  readonly minimumDelivered: number;
  /** Sends unsettled or deliveries unsettled at the instant of the fault, whichever the fault aims at. */
  readonly minimumInFlightAtFault: number;
  /** Chances below which a clause is undecided, whatever was not seen; 1 where nothing is said. */
  readonly minimumExposure: Readonly<Partial<Record<CheckId, number>>>;
}

/** What must show the anomaly, so that a pass of the treatment means something. Controls carry no claims. */
export type Control =
  /** The same scenario at a profile of a weaker level. */
  | {
      readonly kind: 'weaker-level';
      readonly level: Level;
      /** Only profiles that consume so; undefined: any. */
      readonly consumption: Consumption | undefined;
      readonly shows: readonly CheckId[];
    }
  /** The same scenario at a profile that does not make this promise. */
  | {
      readonly kind: 'without-promise';
      readonly promise: PromiseSet;
      readonly shows: readonly CheckId[];
    }
  /** The same scenario at a profile that waives one of these clauses. */
  | { readonly kind: 'waived'; readonly shows: readonly CheckId[] }
  /** The same scenario at a profile that does not claim to survive its fault. */
  | { readonly kind: 'unclaimed'; readonly shows: readonly CheckId[] }
  /** The same cell with a defect planted between the engine and the harness. */
  | { readonly kind: 'planted'; readonly plant: Plant; readonly shows: readonly CheckId[] };

export const plants = ['swallow-delivery', 'repeat-after-ack', 'swap-in-lane'] as const;
export type Plant = (typeof plants)[number];
