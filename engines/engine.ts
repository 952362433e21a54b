/**
 * The engine contract: everything Ackmark needs from an adapter to one message system.
 *
 * Batches are the unit, nothing need be allocated per message, and everything that a plan must know is
 * static. Importing an engine module must load no client library: put the client behind a dynamic
 * import in `administer` and `connect`. The same module is imported in the coordinator and, by its URL,
 * in every actor's worker thread. `docs/writing-an-engine.md` goes from an empty file to a passing
 * contract suite.
 */
import type { Position } from '../harness/core/position.ts';
import type { Environment } from './external-access.ts';
import type { Fidelity } from './fidelity.ts';
import type { Profile, Schema } from './profile.ts';
import type { Provisioner } from './provisioner.ts';
import type { Target } from './target.ts';
import type { BindingSpec, Topology } from './topology.ts';
import type { Traits } from './traits.ts';

export type { Environment } from './external-access.ts';
export type {
  Consumption,
  Deviation,
  Edition,
  OutsideEffects,
  Profile,
  Schema,
  Transform,
  Waiver,
} from './profile.ts';
export type { Target } from './target.ts';
export type {
  BindingSpec,
  DeliveryLimit,
  DestinationSpec,
  Routing,
  SubscriptionSpec,
  Topology,
} from './topology.ts';
export { capabilities, type Capability, type Limit, type Traits } from './traits.ts';

export type Family = 'log' | 'queue' | 'broker';

export interface Engine<O = unknown> {
  /** Lower case, as in `--engine kafka`. */
  readonly id: string;
  readonly family: Family;
  readonly options: Schema<O>;
  readonly profiles: Readonly<Record<string, Profile<O>>>;
  /** Static and pure: the same options always give the same traits. */
  traits(options: O): Traits;
  /** Called in the coordinator, once per cell. */
  administer(target: Target, options: O): Promise<Administration>;
  /** Called inside the actor's worker, once per incarnation of the actor. */
  connect(target: Target, options: O, actor: ActorContext): Promise<Session>;
  /** What the codes of `settled` mean, for witnesses: `{ 0: 'ok', 3: 'NOT_ENOUGH_REPLICAS' }`. */
  readonly outcomes: Readonly<Record<number, string>>;
  /** How to bring a target up, by target kind: `embedded`, `local` or an emulator's name. */
  readonly provisioners: Readonly<Record<string, () => Promise<Provisioner>>>;
  /**
   * What a target that is started here must be set up with for these options; none where it is absent.
   * Profiles share a target only if they agree on all of it.
   */
  targetSettings?(options: O): Readonly<Record<string, string>>;
  /** Target kinds that are one small process, besides `embedded`: two cells may share the machine with them. */
  readonly light?: readonly string[];
  /** Target kinds that keep nothing when their process ends: what is left after a crash of it is no question. */
  readonly forgets?: readonly string[];
  /** Target kinds whose nodes have `losePower`; and those that can be several nodes with a `replica`. */
  readonly losesPower?: readonly string[];
  readonly replicates?: readonly string[];
  /** Those whose nodes can be in a network each, be taken out in good order, say what they coordinate, have controllers. */
  readonly parts?: readonly string[];
  readonly coordinates?: readonly string[];
  readonly controls?: readonly string[];
  readonly withdraws?: readonly string[];
  /**
   * Understands `--target <url>`; absent when the engine cannot use a system that runs elsewhere. URLs are recorded:
   * logins and keys come from the environment, as `external-access.ts` has them, and belong into the target's settings.
   * @throws AckmarkError USAGE
   */
  external?(url: string, environment: Environment): Target;
  /** What the service's document says, where targets stand for a service that is not them; see `fidelity.ts`. */
  fidelity?(): Promise<Fidelity>;
  /** URL of a module that exports `wire: Wire`; what lets the proxy find the answer to a send. */
  readonly wire?: URL;
}

/** Plain data: it is handed to the actors' workers. */
export interface Deployed {
  readonly topology: Topology;
  /** The configuration that is in force, read back where possible: `effective` lines of the report. */
  readonly effective: readonly string[];
  /** What the system is, by its own word, with its version; absent: what the target's title says. */
  readonly title?: string;
  /** Of the system that the profiles' documents are about, where it says one: `4.0.5`. What they promise may depend on it. */
  readonly version?: string;
  /** Why nothing is claimed of it, as a clause: who answers is not the system that the profiles' documents are about. */
  readonly nothingClaimed?: string;
  /** The adapter's own names and ids, by its own keys. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface Administration {
  apply(topology: Topology): Promise<Deployed>;
  /** `deployed` names what `apply` made; throws when the broker cannot answer, which is no evidence. */
  backlog(deployed: Deployed, subscription: number): Promise<Backlog>;
  /** Present iff the traits declare `bindings`. */
  readonly topologyChange?: TopologyChange;
  /**
   * Moves the dead letters of a subscription that nobody holds back to it, where their deliveries are counted
   * anew. Present iff the traits declare `redrive`. @returns the places where they stand in it
   */
  readonly redrive?: (deployed: Deployed, subscription: number) => Promise<readonly Place[]>;
  /** Removes what `apply` made; called once, also after a failure. */
  remove(deployed: Deployed): Promise<void>;
  close(): Promise<void>;
}

/** While messages are sent. A change is in force for everything that is sent after it has resolved. */
export interface TopologyChange {
  bind(deployed: Deployed, binding: BindingSpec): Promise<void>;
  unbind(deployed: Deployed, binding: BindingSpec): Promise<void>;
}

/** What proves the drain. */
export type Backlog =
  | { readonly by: 'end-position'; readonly ends: readonly ScopeEnd[] }
  | { readonly by: 'exact-depth'; readonly ready: number; readonly inFlight: number }
  | { readonly by: 'quiescence' };

/** The position after the last readable entry of a scope; a scope that never held one is left out. */
export interface ScopeEnd {
  readonly scope: number;
  readonly end: Position;
}

/** Order-preserving within a scope. A Kafka offset is its `major`; Kinesis' 56 digits fill both halves. */
export type { Position } from '../harness/core/position.ts';

export interface Place {
  readonly scope: number; // numbered through the deployment: no two destinations share one
  readonly position: Position;
}

/** What an actor's worker injects; the adapter takes time, randomness and cancellation from nowhere else. */
export interface ActorContext {
  /** Unique to the incarnation, printable, at most 60 characters. */
  readonly name: string;
  /** Nanoseconds since the run's origin. */
  nowNs(): number;
  /** Uniform in [0, 1), from the seed. */
  random(): number;
  /** Aborted when the actor stops; waits inside the adapter end then. */
  readonly signal: AbortSignal;
}

/** Producer and consumer share a session because transactions need both. */
export interface Session {
  producer?(spec: ProducerSpec, sink: ProducerSink): Promise<Producer>;
  consumer?(spec: ConsumerSpec, sink: ConsumerSink): Promise<Consumer>;
  /** Idempotent; also called after a disconnection; releases every socket and timer. */
  close(): Promise<void>;
}

export interface ProducerSpec {
  readonly deployed: Deployed;
  /** Present when the producer will call `begin`: stable across its incarnations, so that they fence. */
  readonly transactionalId?: string;
}

export interface ConsumerSpec {
  readonly deployed: Deployed;
  readonly subscription: number;
  /** Where a subscription without a stored position starts. */
  readonly start: Start;
  /** Stable across the consumer's incarnations: what a static member of a group is known by. */
  readonly instance?: string;
}

export type Start =
  | { readonly at: 'earliest' }
  | { readonly at: 'latest' }
  /** The first message that the system has stored then or later; milliseconds since 1970, by its clock. */
  | { readonly at: 'time'; readonly timeMs: number }
  | { readonly at: 'position'; readonly scope: number; readonly position: Position };

/**
 * One message to send. The objects and their array are the caller's and reused after `send` returns; the
 * bytes of `body` and `key` stay untouched until the ticket settles.
 */
export interface Outgoing {
  ticket: number;
  /** Index into the topology's destinations. */
  destination: number;
  key: Buffer | undefined;
  partition: number | undefined;
  group: string | undefined;
  deduplicationId: string | undefined;
  headers: Readonly<Record<string, string>> | undefined;
  delayMs: number;
  body: Buffer;
}

/**
 * How an operation ended. `fail`: certainly not applied (refused before any byte, validation, a broker's
 * definite rejection). `unknown`: everything else, among it timeouts, resets and fire-and-forget.
 */
export type Outcome = 'ok' | 'fail' | 'unknown';

export interface Producer {
  /** Synchronous: hands the batch to the client and returns; every ticket settles later, exactly once. */
  send(batch: readonly Outgoing[], transaction?: Transaction): void;
  begin?(): Promise<Transaction>;
  /** Resolves when every ticket so far has settled. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface ProducerSink {
  /**
   * @param code the engine's own outcome code (0 for ok), at most 65,535; see the engine's outcomes table
   * @param place where the message was stored, when the engine's traits say `places`
   * @param attempts wire attempts including the client's hidden retries; 1 when the client does not say
   */
  settled(
    ticket: number,
    outcome: Outcome,
    code: number,
    place: Place | undefined,
    attempts: number,
  ): void;
  returned(ticket: number): void;
  throttled?(sends: number): void; // by a limit, at attempts that the client repeats by itself
  /** `false`: the client's buffers are full; the harness sends nothing until `true`. */
  writable(is: boolean): void;
  /** The session is gone; unsettled tickets have been settled as `unknown` before this call. */
  disconnected(error: unknown): void;
}

export interface Transaction {
  /** Offsets or acknowledgements join the transaction. */
  include(consumer: Consumer, upTo: readonly Delivery[]): Promise<Outcome>;
  commit(): Promise<Outcome>;
  abort(): Promise<Outcome>;
}

/** One delivered copy. The array belongs to the adapter until `deliver` returns; each object to the harness. */
export interface Delivery {
  readonly body: Buffer;
  readonly key: Buffer | undefined;
  readonly place: Place | undefined;
  /** 1 for the first delivery; `undefined` when the system does not count. */
  readonly attempt: number | undefined;
  readonly redelivered: boolean | undefined;
  /** When the copy was requested (pull), nanoseconds since the run's origin; `undefined` for push. */
  readonly requestedNs: number | undefined;
  readonly leaseMs: number | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  /** Why a dead letter is one; always there with `dead-letter-causes`, and never without. */
  readonly death?: Death;
  /** The adapter's handle for `settle`: a delivery tag, receipt or offset. */
  readonly token: unknown;
}

export interface Death {
  readonly cause: 'attempts' | 'expired' | 'rejected' | 'overflow';
  /** How often the message had been delivered when it was moved. */
  readonly deliveries: number;
}

export type Settlement =
  | { readonly how: 'acknowledge' }
  | { readonly how: 'requeue' }
  | { readonly how: 'reject' }
  | { readonly how: 'extend'; readonly leaseMs: number };

export interface Consumer {
  /** Permits accumulate: the adapter delivers at most as many messages as were requested and not yet delivered. */
  request(permits: number): void;
  /** One operation over several deliveries; `cumulative` engines acknowledge up to the last of each scope. */
  settle(ticket: number, of: readonly Delivery[], how: Settlement): void;
  /** Present iff `ackReply` is `fence`: resolves when every settlement before it has been applied. */
  fence?(): Promise<void>;
  seek?(to: Start): Promise<void>;
  /** Leaves in good order: after it nothing is delivered and leases are given back where the system can. */
  close(): Promise<void>;
}

export interface ConsumerSink {
  deliver(batch: readonly Delivery[]): void;
  /** @param index which delivery of the ticket; -1 for all of them. With `ackReply: none|fence` never called. */
  settled(ticket: number, index: number, outcome: Outcome, code: number): void;
  assigned(scopes: readonly number[], generation: number): void;
  /** The adapter waits for it before it gives the scopes up. */
  revoking(scopes: readonly number[]): Promise<void>;
  lost(scopes: readonly number[]): void;
  scopeEnded(scope: number, children: readonly number[]): void;
  disconnected(error: unknown): void;
}
