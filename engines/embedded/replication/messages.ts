/** A node of the cluster; nodes are numbered from 0. */
export type NodeId = number;

/**
 * One start of a node. What an earlier start of it has said proves nothing of what this one holds (KIP-903,
 * "replicas with stale broker epoch should not be allowed to join the ISR").
 */
export interface Member {
  readonly node: NodeId;
  /** Grows with every start of the node; 0 before the first one. */
  readonly incarnation: number;
}

/** What the controller has decided. Of two states the one with the higher version holds. */
export interface ClusterState {
  readonly version: number;
  /** Grows with every election. */
  readonly epoch: number;
  /** Undefined while nobody may lead. */
  readonly leader: Member | undefined;
  /** Replicas that hold all that is committed: nobody else is elected, unless unclean election is allowed. */
  readonly inSync: readonly Member[];
}

export type ToController =
  | {
      readonly kind: 'heartbeat';
      readonly from: Member;
      /** It may lack what it held before: its machine lost power, and not everything had been synced. */
      readonly mayLack: boolean;
    }
  /** The leader of `epoch` asks for another in-sync set in place of the one of `version`. */
  | {
      readonly kind: 'alter-in-sync';
      readonly from: Member;
      readonly epoch: number;
      readonly version: number;
      readonly inSync: readonly Member[];
    };

export type ToReplica =
  | { readonly kind: 'cluster'; readonly state: ClusterState }
  /** A follower asks for entries from `position` on, and says with it that it holds all before. */
  | {
      readonly kind: 'fetch';
      readonly from: Member;
      readonly epoch: number;
      readonly request: number;
      readonly position: number;
      /** Epoch of the entry before `position`; 0 where there is none. */
      readonly lastEpoch: number;
    }
  | {
      readonly kind: 'fetched';
      readonly to: Member;
      readonly epoch: number;
      readonly request: number;
      readonly entries: readonly Buffer[];
    }
  /** The follower's log is not a beginning of the leader's: what both know of epochs ends here at the latest. */
  | {
      readonly kind: 'diverged';
      readonly to: Member;
      readonly epoch: number;
      readonly request: number;
      readonly lastEpoch: number;
      readonly end: number;
    };

export type Fetch = Extract<ToReplica, { kind: 'fetch' }>;
export type Fetched = Extract<ToReplica, { kind: 'fetched' | 'diverged' }>;

export function isSame(one: Member | undefined, other: Member | undefined): boolean {
  return one?.node === other?.node && one?.incarnation === other?.incarnation;
}

export function holds(set: readonly Member[], member: Member): boolean {
  return set.some((one) => isSame(one, member));
}
