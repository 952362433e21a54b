/** What a cell tells its checks; plain data, kept with the run so that it can be judged again. */
export interface CellFacts {
  /** By group number of the events. */
  readonly groups: readonly GroupFacts[];
  /** `automatic`: nothing settles, and a finished processing stands for the acknowledgement. */
  readonly consumption: 'automatic' | 'settle-before-processing' | 'settle-after-processing';
  /** Whether settlements are proved one by one, by a fence, or not at all. */
  readonly ackReply: 'each' | 'fence' | 'none';
  /** The engine reports places, so D4 can tell two copies from one. */
  readonly placed: boolean;
  /** The engine reports lease durations; a second delivery after the lease is justified. */
  readonly leased: boolean;
  /** Lanes are message groups: nothing of one may be handed out while its head is unsettled. */
  readonly messageGroups: boolean;
  /** Each scope is one FIFO queue (O12), whatever the lanes of its messages. */
  readonly fifoQueue: boolean;
  /** All readers of a scope see its messages in one order, though deliveries carry no place (O7). */
  readonly oneOrder: boolean;
  /** Assignments of scopes to consumers are recorded. */
  readonly assignments: boolean;
  /** Commits of offsets are recorded. */
  readonly offsets: boolean;
  readonly transactions: 'none' | 'read-committed' | 'read-uncommitted';
  /** By route number of the lanes; empty: everything goes to every subscription. */
  readonly routes: readonly RouteFacts[];
  /** By sink number: places outside the messaging system where effects are applied. */
  readonly sinks: readonly SinkFacts[];
  /** Attributes of delivered copies (headers, properties) are compared with what was sent (R7). */
  readonly attributes: boolean;
  /** Messages have delays or expiry times of their own (`send.timed`). */
  readonly timed: boolean;
  readonly bounds: Bounds;
}

export type GroupFacts =
  | {
      readonly role: 'subscription';
      /** Where a consumer starts whose group has committed nothing. */
      readonly reset: 'earliest' | 'latest' | 'unknown';
      /** Deliveries after which the broker gives a message up; 0 without a limit. */
      readonly attempts: number;
      /** The group that reads its dead letters; -1 without one. */
      readonly deadLetter: number;
      /** Where a requeued message comes back: `original` before everything sent after it. */
      readonly requeueTo: 'original' | 'any';
      /** A filter decides what it gets, so that a wrong choice is R6, not R1 or R2. */
      readonly filtered: boolean;
    }
  /** Reads everything that one node has, apart from all other readers: D2 compares them. */
  | { readonly role: 'replica'; readonly node: string }
  /** Reads everything from the start when the load is over: D3 compares it with what had been read. */
  | { readonly role: 'read-back' }
  | { readonly role: 'dead-letter'; readonly of: number };

export interface RouteFacts {
  /** Groups that the reference router sends its messages to, before any `bind` or `unbind`. */
  readonly groups: readonly number[];
  /** A message for nobody must be returned to its sender before it is confirmed. */
  readonly mandatory: boolean;
}

export interface SinkFacts {
  readonly name: string;
}

/** When slowness becomes an anomaly, in milliseconds. */
export interface Bounds {
  /** What clocks and callbacks may be off by. */
  readonly skewMs: number;
  /** From the end of a lease to the redelivery (V3). */
  readonly leaseSlackMs: number;
  /** A message may still be handed out so long after it expired (V5). */
  readonly expiryGraceMs: number;
  /** From an acknowledgement to the first read that must see it (V6). */
  readonly stalenessMs: number;
  /** Without any progress (L1, L2). */
  readonly stallMs: number;
  /** From the end of a fault to the next success (L3). */
  readonly recoveryMs: number;
  /** A scope without an owner (G6). */
  readonly orphanMs: number;
  /** A scope held up by a message that nobody can process (Q6). */
  readonly poisonMs: number;
  /** The last stable position behind the end of all transactions (T9). */
  readonly hangingMs: number;
}

export const defaultBounds: Bounds = {
  skewMs: 1,
  leaseSlackMs: 10_000,
  expiryGraceMs: 1_000,
  stalenessMs: 10_000,
  stallMs: 15_000,
  recoveryMs: 30_000,
  orphanMs: 30_000,
  poisonMs: 30_000,
  hangingMs: 60_000,
};

/** A subscription about which nothing more is known. */
export const plainGroup: Extract<GroupFacts, { role: 'subscription' }> = {
  role: 'subscription',
  reset: 'unknown',
  attempts: 0,
  deadLetter: -1,
  requeueTo: 'any',
  filtered: false,
};

/** One plain subscription whose settlements are answered one by one. */
export const plainFacts: CellFacts = {
  groups: [plainGroup],
  consumption: 'settle-after-processing',
  ackReply: 'each',
  placed: false,
  leased: false,
  messageGroups: false,
  fifoQueue: false,
  oneOrder: false,
  assignments: false,
  offsets: false,
  transactions: 'none',
  routes: [],
  sinks: [],
  attributes: false,
  timed: false,
  bounds: defaultBounds,
};
