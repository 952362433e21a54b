import type { Target } from './engine.ts';

/**
 * Brings a target up on this machine and takes it down again, leaving nothing behind. A provisioner is
 * handed everything ambient: where to cache, how to start processes, which ports are free.
 */
export interface Provisioner {
  /** Puts everything the target needs into the cache; does nothing when it is there. */
  fetch(host: ProvisionHost): Promise<void>;
  up(host: ProvisionHost, request: ProvisionRequest): Promise<Provisioned>;
}

export interface ProvisionRequest {
  readonly nodes: number;
  /** From the engine's `targetSettings`. */
  readonly settings: Readonly<Record<string, string>>;
  /** Empty directory of this target alone, removed by the harness after `down`. */
  readonly directory: string;
  /**
   * Addresses of the fault proxy, one per node. A system that advertises its own address must advertise
   * these on a second listener; `Provisioned.upstreams` says where the proxy shall forward to.
   */
  readonly proxies: readonly Endpoint[];
  /** How many processes shall elect leaders, where these are not the nodes themselves; one where nothing is said. */
  readonly controllers?: number;
  /** Present where nodes shall be parted from each other: everything of the target runs in one of these. */
  readonly networks?: NodeNetworks;
}

/**
 * A network for each node, by its index, and one more for what else the target has (a controller, sentinels), which stays
 * with the majority.
 */
export interface NodeNetworks {
  /** Where a member must listen, and where other members and the harness reach it. */
  addressOf(member: number): string;
  /** The same process in the member's network. */
  inside(member: number, spec: ProcessSpec): ProcessSpec;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface Provisioned {
  /** The direct way in, without the proxy. */
  readonly target: Target;
  /** The same system through the proxies of the request. */
  readonly proxied: Target;
  /** Where each proxy forwards to, one per node. */
  readonly upstreams: readonly Endpoint[];
  readonly nodes: readonly BrokerNode[];
  /** Who elects leaders, where several processes beside the nodes do. */
  readonly controllers?: readonly ControllerNode[];
  /** Orderly stop; children that do not end in time are killed. Idempotent. */
  down(): Promise<void>;
}

/** A process that no client speaks to; of several, one is active and the others follow it. */
export interface ControllerNode extends Pick<BrokerNode, 'name' | 'pid' | 'kill' | 'restart'> {
  /** Whether it is the active one at this instant. */
  isActive(): Promise<boolean>;
}

/** One broker process. What a node cannot do is absent, and the faults that need it are unsupported. */
export interface BrokerNode {
  readonly name: string;
  readonly dataDirectory: string;
  readonly logFile: string;
  /** Process id of the broker itself (not of a wrapper); throws while it is down. */
  pid(): number;
  /** SIGKILL, resolved when the process is gone. */
  kill(): Promise<KillEvidence>;
  /**
   * SIGTERM: it may take leave of its clients and hand over what it leads; who has not ended by then is killed.
   * Resolved when the process is gone, with how it ended; undefined: it was down already.
   */
  stop(): Promise<ProcessEnd | undefined>;
  /**
   * The machine loses its power: the process dies, and of its data what no sync had covered is gone. Real
   * disks may keep some of that; a promise must not count on it.
   */
  losePower?(): Promise<PowerLossEvidence>;
  /** Present where somebody can tell what a power loss would take. */
  readonly unsynced?: UnsyncedData;
  /** Starts it again on the same data and ports, resolved when it is ready for clients. */
  restart(): Promise<void>;
  /**
   * What is wrong with it that no promise of the system is about, as a clause, and undefined where nothing is. Of a cell in
   * which something was, nothing is claimed. Asked when a cell is over, also while the node is down.
   */
  environmentFault?(): Promise<string | undefined>;
  /** Present where the nodes of the target are replicas of which one leads. */
  readonly replica?: Replica;
}

/** What a power loss would take, which no sync can cover while the process stands still. */
export interface UnsyncedData {
  /** At this instant. */
  bytes(): number;
  /** SIGSTOP: the process stands still and keeps its connections. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
}

/** What a fault that aims at a leader or its followers needs of each node. */
export interface Replica {
  /** A follower that has stood still for so long is out of sync. */
  readonly outOfSyncMs: number;
  /** So long after its leader's death whoever may succeed it leads. */
  readonly successionMs: number;
  /** Whether this node leads the scope at this instant; false also when it does not answer. */
  leads(of: ReplicatedScope): Promise<boolean>;
  /**
   * Whether the cluster is whole as far as this node knows: all other nodes are members of it, and nobody lacks what
   * they replicate. False also when it does not answer.
   */
  hasAll(): Promise<boolean>;
  /** Whether this node coordinates it; absent where nothing has a coordinator besides what leads. False as with `leads`. */
  coordinates?(what: Coordinated): Promise<boolean>;
  /** SIGSTOP: the process stands still and keeps its connections. */
  pause(): void | Promise<void>;
  /** SIGCONT. */
  resume(): void | Promise<void>;
  /**
   * Takes the node out of service as the system's documentation says: it hands over what it leads, lets its clients go
   * and ends; who has not ended by then is killed. Resolved when its process is gone, with how it ended; undefined: it
   * was down already.
   */
  withdraw?(): Promise<ProcessEnd | undefined>;
}

/** What one node keeps for clients that come and go. */
export type Coordinated =
  /** Who of a subscription has which share of it, and how far they are. */
  | { readonly kind: 'group'; readonly name: string }
  /** Which transaction of a producer is open, and how it ends. */
  | { readonly kind: 'transactions'; readonly transactionalId: string };

/** What has a leader of its own in some systems; where one node leads everything, it does not matter. */
export interface ReplicatedScope {
  /** The destination's name in the broker. */
  readonly destination: string;
  /** Name of a subscription of it; that of a queue, where each is one. */
  readonly subscription: string;
  /** Counted within the destination. */
  readonly scope: number;
}

export interface KillEvidence {
  readonly pid: number;
  readonly signal: string;
}

export interface PowerLossEvidence extends KillEvidence {
  /** Written before, not synced, and gone. */
  readonly lostBytes: number;
}

/** The ambient state of provisioning, injected by the harness. */
export interface ProvisionHost {
  /** Shared between runs; may be filled concurrently by several processes, so publish by rename. */
  readonly cacheDirectory: string;
  /** Fit for children: without what is Ackmark’s own (`ACKMARK_…`), among which are logins. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Path of the node executable that runs Ackmark. */
  readonly nodeExecutable: string;
  readonly signal: AbortSignal;
  /** A port that was free on 127.0.0.1 a moment ago, never handed out twice by this process. */
  freePort(): Promise<number>;
  /** Starts a supervised child: it dies with this process, also after SIGKILL of it. */
  start(spec: ProcessSpec): Promise<ManagedProcess>;
  /** Runs a command to its end; a non-zero exit is an error that shows the end of its output. */
  run(spec: ProcessSpec, timeoutMs: number): Promise<string>;
  /** Diagnostics for stderr; one line. */
  note(line: string): void;
}

export interface ProcessSpec {
  /** For messages: `kafka node 1`. */
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  /** The whole environment of the child; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Standard output and error are appended here. */
  readonly logFile: string;
}

export interface ManagedProcess {
  readonly pid: number;
  /** Resolves when the process has ended, however it ended; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /**
   * Resolves when `isReady` answers true, polled every 50 ms; rejects with TARGET_NOT_READY after
   * `timeoutMs` and with PROCESS_DIED when the process ends first, both showing the end of its log.
   */
  ready(isReady: () => Promise<boolean>, timeoutMs: number): Promise<void>;
  /** True when the log holds `text`. */
  logged(text: string): Promise<boolean>;
  /** Sends SIGTERM, then SIGKILL after `graceMs`; resolved when the process is gone. */
  stop(graceMs: number): Promise<ProcessEnd>;
  kill(signal: NodeJS.Signals): Promise<ProcessEnd>;
  /** Sends a signal that does not end the process. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2'): void;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}
