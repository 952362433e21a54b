/**
 * What the coordinator knows of an actor. An actor is one producer, consumer or transformer in a worker
 * thread of its own; adapters are loaded inside the worker by URL, and a crash is `worker.terminate()`: no goodbye on
 * the wire.
 */
import type { Consumption, Deployed, Limit, Target, Transform } from '../../engines/engine.ts';
import type { Load } from '../../scenarios/load.ts';
import type { KeyChoice, MessageWork, Sizes } from '../../scenarios/spread.ts';
import type { Address, Plant } from '../../scenarios/scenario.ts';
import type { LoadShare } from './arrivals/share.ts';
import type { LaneSpan } from '../core/lanes.ts';
import type { Keying, LedgerAccess } from '../effects/ledger.ts';
import type { RingHandle } from '../history/sink.ts';
import type { Series } from '../measure/second-series.ts';
import type { PauseReport } from '../measure/thread-pauses.ts';
import type { RepliesRecord } from '../record/replies-schema.ts';
import type { DistributionRecord } from '../record/schema.ts';
import type { UserSpec } from './draws/users.ts';
import type { Holding } from './holding.ts';
import type { Poison } from './poison.ts';
import type { TapPolicy } from './tap-policy.ts';
import type { KnownBy } from './reply-book.ts';

export type { Holding } from './holding.ts';

/**
 * `partition`: bucket b has scope b % scopes; `partitions-in-turn`: what is sent of a bucket goes to the next one each
 * time. `key`: the bucket is the key, by which the broker chooses; `single`: there is nothing to choose.
 */
export type RoutingBy = 'partition' | 'partitions-in-turn' | 'key' | 'single' | HashedRouting;

/** murmur2(key) % N, where N is `first` for what comes before `untilSeq` in its lane, and all scopes from there. */
export interface HashedRouting {
  readonly by: 'murmur2';
  readonly first: number;
  readonly untilSeq: number;
}

interface ActorSpecBase {
  /** Unique in the cell, at most 65,534. */
  readonly actor: number;
  readonly name: string;
  readonly engineModule: string;
  readonly engineOptions: unknown;
  readonly target: Target;
  readonly deployed: Deployed;
  readonly ring: RingHandle;
  /** `process.hrtime.bigint()` of the run's origin. */
  readonly originNs: bigint;
  readonly seed: number;
  /** The cell's identity in message headers. */
  readonly run: number;
  /** First session number of this actor; it may use up to 65,536 from there. */
  readonly firstSession: number;
  readonly payloadBytes: Sizes;
  /** Of everything that is drawn for messages: instants, keys, sizes, work. The same for all actors of a cell. */
  readonly loadSeed: number;
}

export interface ProducerActorSpec extends ActorSpecBase {
  readonly role: 'producer';
  readonly epoch: number;
  readonly lanes: LaneSpan;
  readonly keyChoice: KeyChoice;
  /** Whose names are the keys, instead of `keyChoice`; undefined: nobody's. */
  readonly keyedBy?: UserSpec | undefined;
  /** With the messages of this producer alone. */
  readonly load: Load;
  readonly share: LoadShare;
  /**
   * How many messages may leave before `release`: a fault that comes late, because the machine is busy, must
   * still meet a load. All of them where nothing is held back.
   */
  readonly unheld: number;
  readonly lingerMs: number;
  readonly batchMessages: number;
  readonly sendLimit: Limit;
  readonly routing: RoutingBy;
  readonly scopes: number;
  /** Messages carry their key, whoever chooses the partition. */
  readonly keyed?: boolean;
  /** By bucket, instead of keys of its own; empty: destination 0. */
  readonly addresses: readonly Address[];
  /** The bucket is also the message group. */
  readonly messageGroups: boolean;
  /** Every message names its identity as its deduplication id, the same at each attempt. */
  readonly deduplicationIds: boolean;
  readonly sendReply: 'none' | 'each';
  /** Present where messages are requests that carry a correlation id. */
  readonly correlates?: true;
  readonly retry:
    | { readonly by: 'nobody' | 'client' }
    | { readonly by: 'harness'; readonly attempts: number; readonly pauseMs: number };
  /** `sleep` is a 1 ms timer. `spin` needs a core for itself: the bench has one, a cell with its broker has not. */
  readonly pacing: 'spin' | 'sleep';
  /** After the last send, how long to wait for outstanding outcomes before they are `unknown`. */
  readonly settleTimeoutMs: number;
}

/** What an actor that reads is told. */
interface ReadingSpec extends ActorSpecBase {
  readonly subscription: number;
  readonly consumption: Consumption;
  readonly ackReply: 'each' | 'fence' | 'none';
  readonly prefetch: number;
  readonly settleLimit: Limit;
  /** Of each batch that it takes up. */
  readonly workMs: number;
  /** Of each message, besides. */
  readonly work: MessageWork | undefined;
  /** Distinct keys, which messages carry by their lane; 0 where the engine keeps none. */
  readonly keys: number;
  /** Whose names messages carry, instead; undefined: nobody's. */
  readonly namedBy?: UserSpec | undefined;
  /** What messages carry by their lane, instead; empty: keys of their own. */
  readonly addresses: readonly Address[];
}

export interface ConsumerActorSpec extends ReadingSpec {
  readonly role: 'consumer';
  /** The same for the consumer that comes in its place after a crash. */
  readonly instance: string;
  readonly plant: Plant | undefined;
  readonly poison: Poison | undefined;
  /** What it does, where it reads a tap. */
  readonly tap?: TapPolicy | undefined;
  /** Present where what it reads are the replies to requests, whose keys take turns. */
  readonly replies?: { readonly knownBy: KnownBy; readonly keys: number };
  /** The subscription whose dead letters it reads, and whether these say why they are some. */
  readonly deadLetters: { readonly of: number; readonly sayWhy: boolean } | undefined;
}

/** Of each message that it reads it makes one, and sends it to destination 1. */
export interface TransformerActorSpec
  extends ReadingSpec,
    Pick<
      ProducerActorSpec,
      | 'epoch'
      | 'lanes'
      | 'sendLimit'
      | 'batchMessages'
      | 'addresses'
      | 'routing'
      | 'scopes'
      | 'keyed'
      | 'messageGroups'
      | 'deduplicationIds'
      | 'retry'
    > {
  readonly role: 'transformer';
  /** Which of the cell's transformers it is: whoever takes its place has the same. */
  readonly slot: number;
  /** The ledger in which every input has an effect, and by what that knows a repetition; undefined: it has none. */
  readonly effects: { readonly access: LedgerAccess; readonly keying: Keying } | undefined;
  readonly transform:
    | { readonly by: 'settlement' }
    | {
        readonly by: 'transaction';
        readonly offsets: Transform;
        /** Of the slot, whose number stands for it in the history. */
        readonly transactionalId: string;
        /** Of the first transaction; up to 65,535 follow it. */
        readonly firstTransaction: number;
      };
}

export type ActorSpec = ProducerActorSpec | ConsumerActorSpec | TransformerActorSpec;

/** Live counters in shared memory, readable at any time, also after a crash. */
export interface ActorCounters {
  /** Messages handed to the client for the first time. */
  readonly sent: number;
  /** Sends that were answered ok. */
  readonly acknowledged: number;
  /** Sends that a limit refused at an attempt which the client repeated by itself. */
  readonly throttled: number;
  /** Sends without an outcome so far. */
  readonly unsettledSends: number;
  readonly delivered: number;
  /** Copies of the present session in the consumer's hands: settlement not decided, or processing not ended where that comes last. */
  readonly unsettledDeliveries: number;
  /**
   * Transformer: messages of which one half stands, the output or the settlement, and the other does not yet;
   * in a transaction that covers both, outputs that stand in it while it is open.
   */
  readonly halfTransformed: number;
  /** Transformer: messages at one of the other steps of a transaction, while their job may crash there. */
  readonly effectsAlone: number;
  readonly offsetsIncluded: number;
  readonly committed: number;
  /** Settlements that succeeded; where nothing proves one, settlements handed over; automatic: processed copies. */
  readonly settled: number;
  /** Consumer: first copies of messages, and the sum of their response times. */
  readonly arrived: number;
  readonly responseNs: number;
  /** Transformer: by its own lease nobody else gets any copy that it was handed, until then; 0 where copies are not leased. */
  readonly leasedUntilNs: number;
  readonly isFrozen: boolean;
}

export interface ProducerReport {
  readonly role: 'producer';
  readonly publishResponse: DistributionRecord;
  readonly publishService: DistributionRecord;
  readonly lateness: DistributionRecord;
  readonly clientBlocked: DistributionRecord;
  readonly dropped: number;
  /** Of these, after the warm-up. */
  readonly droppedMeasured: number;
  /** -1 when nothing was sent. */
  readonly firstSendNs: number;
  /** How many messages left at that instant. */
  readonly firstSent: number;
  readonly lastSendNs: number;
  /** User and system time of the actor's thread between `start` and the end. */
  readonly cpuMicros: number;
  /** Of it, from when the first message that counts left; 0 when none did. */
  readonly measuredCpuMicros: number;
  /** Of its turns without what the client had the thread for, by the clock. */
  readonly pacingNs: number;
  readonly series: Series;
}

export interface ConsumerReport {
  readonly role: 'consumer';
  readonly endToEndResponse: DistributionRecord;
  readonly endToEndService: DistributionRecord;
  /** -1 when nothing was delivered. */
  readonly firstDeliverNs: number;
  /** How many copies came at that instant. */
  readonly firstDelivered: number;
  readonly lastDeliverNs: number;
  /** User and system time of the actor's thread between `start` and the end. */
  readonly cpuMicros: number;
  readonly series: Series;
  /** Undefined: it read no replies. */
  readonly replies: RepliesRecord | undefined;
}

export interface TransformerReport {
  readonly role: 'transformer';
  /** User and system time of the actor's thread between `start` and the end. */
  readonly cpuMicros: number;
}

export type ActorReport = ProducerReport | ConsumerReport | TransformerReport;

export type ActorEnd =
  | {
      readonly how: 'finished';
      readonly report: ActorReport;
      /** What held up its thread. */
      readonly pauses: PauseReport;
    }
  | { readonly how: 'crashed' }
  | { readonly how: 'failed'; readonly error: Error };

export interface Actor {
  readonly spec: ActorSpec;
  counters(): ActorCounters;
  /** Producer: the timetable's zero, on the run's clock. Consumer: starts requesting at once. */
  start(atNs: number): void;
  /** Producer: ends the timetable early. Consumer: settles what it has and leaves in good order. */
  finish(): void;
  /**
   * A round trip to the actor, and through its consumer to the broker where the engine has fences:
   * whatever was on its way to the actor before has been delivered and counted when it resolves.
   * False when that could not be had, which proves nothing.
   */
  fence(): Promise<boolean>;
  /** Resolves once; a producer also ends by itself after its last outcome. Never rejects. */
  readonly ended: Promise<ActorEnd>;
  /** `worker.terminate()`: no flush, no goodbye; what the ring holds stays readable. */
  crash(): Promise<void>;
  /**
   * Freezes the actor's thread at the first instant in which at least so much is in flight. Whatever is
   * in flight then stays so until `crash` or `thaw`: no answer can arrive meanwhile. `counters().isFrozen` tells.
   */
  freeze(holding: Holding, atLeast: number): void;
  /** A frozen actor goes on where it stood, once and for all. */
  thaw(): void;
  /** Producer: what is held back for a fault may leave. */
  release(): void;
  /** Producer: the load has warmed up, where that was for somebody else to say. */
  measure(): void;
  /** What is measured from now on belongs to this epoch of the cell. */
  enterEpoch(epoch: number): void;
  /** Consumer: messages of a lower seq can be processed from now on. */
  repair(belowSeq: number): void;
  /** Blocks the actor's thread, so that heartbeats stop too. */
  stall(durationMs: number): void;
}

export interface WorkerGroup {
  /** Resolves when the session is open; rejects when the engine could not connect. */
  spawn(spec: ActorSpec): Promise<Actor>;
  /** Terminates whoever is left. */
  close(): Promise<void>;
}
