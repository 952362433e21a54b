import type { CheckId } from '../harness/core/anomalies.ts';
import type { FaultDomain, Level, PromiseSet } from '../harness/core/clauses.ts';
import type { EventKind, EventRecord } from '../harness/core/events.ts';
import type { CellFacts } from '../harness/core/facts.ts';
import type { LaneSpan } from '../harness/core/lanes.ts';
import type { Random } from '../harness/core/random.ts';

/** What may befall a play; each kind can be left out. */
export const faultKinds = [
  'clock-skew',
  'connection-loss',
  'process-crash',
  'power-loss',
  'node-loss',
  'full-disk',
  'client-crash',
  'client-stall',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What may happen in a simulation, for it to tell how often it did. */
export type Mark =
  | 'a producer sent a batch again'
  | 'an idempotent producer was refused and went on as another'
  | 'a message was sent again'
  | 'a commit was refused'
  | 'a receipt was refused'
  | 'a message was given back'
  | 'a message was rejected'
  | 'a rejected message became a dead letter'
  | 'a lease was extended'
  | 'a queue had as many in hands as it allows'
  | 'a call beyond the quota was refused'
  | 'a deduplication id was used anew after its window'
  | 'a message was in several queues of a topic'
  | 'a filter kept a message out of a queue'
  | 'a message came back to its sender'
  | 'a dead letter was read'
  | 'clocks disagreed'
  | 'the broker was killed'
  | 'the machine lost its power'
  | 'recovery cut off a torn tail'
  | 'recovery began with a checkpoint'
  | 'the broker was down more than once'
  | 'a full disk refused a request'
  | 'too few replicas refused a request'
  | 'a node was cut off from others'
  | 'a leader was elected while another was alive'
  | 'the in-sync set shrank'
  | 'a node that had lost power was struck off'
  | 'a follower cut off what its leader did not have'
  | 'a consumer died'
  | 'a consumer stood still'
  | 'a consumer stood still with work to commit'
  | 'a producer died'
  | 'a producer came late'
  | 'a member was removed from its group'
  | 'only what changed hands was revoked'
  | 'a topic got more partitions'
  | 'a member got more and kept what it had'
  | 'a static member got back what it had'
  | 'a static member was fenced by its successor'
  | 'a rebalance while the broker was down'
  | 'retention removed what a reader came for'
  | 'compaction removed older messages of a key'
  | 'retention removed a message that nobody had read'
  | 'retention took a message out of somebody’s hands'
  | 'a message group waited behind a message in hands'
  | 'a copy of a send was recognised'
  | 'a send was given up before its window ended'
  | 'a receive that was asked for again got the same'
  | 'a delayed message was read'
  | 'dead letters were redriven'
  | 'a message let others pass'
  | 'a deleted message came again'
  | 'a transformer died'
  | 'a transformer stood still in its transaction'
  | 'a transformer was overtaken before it committed'
  | 'the end of a transaction was fenced';

/** What the reference of a play sees, and no anomaly of a history is. */
export type Wrong =
  | 'more messages were in hands than the queue allows'
  | 'more calls were served than the quota allows'
  | 'a call within the quota was refused'
  | 'a receive brought more messages than the quota allows'
  | 'two messages had one place in the order of their queue'
  | 'a message was gone before its time'
  | 'a rejected message became no dead letter'
  | 'an idempotent producer was forgotten';

/**
 * What an engine that can be simulated offers: its own state machines and clients of its protocol, played in
 * one thread, in virtual time, from a seed. Everything that could differ between two plays comes from the world.
 */
export interface Simulation {
  /** What a thousand seeds must have seen happen, or their silence proves nothing. */
  readonly marks: readonly Mark[];
  /** What its broker never does, whatever the profile claims. */
  readonly never: readonly CheckId[];
  /** Rules of the engine that can be broken on purpose, each told in a sentence; breaking one must be found. */
  readonly rules: Readonly<Record<string, string>>;
  /** The same on several nodes, where the engine replicates. */
  readonly onNodes?: (nodes: number) => Simulation;
  /** The same with so many messages at a time wherever clients have several in hand, where that can be chosen. */
  readonly inBatches?: (messages: number) => Simulation;
  /** Plays one history to its end. */
  play(world: SimulatedWorld): Played;
}

export interface Played {
  readonly profile: string;
  readonly level: Level;
  readonly promises: readonly PromiseSet[];
  /** What befell this world and what its profile bears: beyond it nothing is claimed. */
  readonly faults: readonly FaultDomain[];
  readonly claimedUnder: readonly FaultDomain[];
}

export interface SimulatedWorld {
  readonly agenda: SimulatedAgenda;
  readonly history: SimulatedHistory;
  /** A stream of its own for each name, so that one part's choices do not shift another's. */
  random(of: string): Random;
  newActor(): number;
  newSession(): number;
  /** @returns the first of the new lanes */
  newLanes(count: number, of: Omit<LaneSpan, 'first' | 'count'>): number;
  newDisk(of: string): SimulatedDisk;
  /** Client and server as TCP joins them. */
  newConnection(of: string, trouble: ConnectionTrouble): SimulatedConnection;
  /** Something of the simulation's marks happened. */
  mark(what: Mark): void;
  /** The broker did what its documents rule out; a violation, as far as anything is claimed. */
  accuse(what: Wrong): void;
  /**
   * A part of the plan that the history could do without; false when this play leaves it out.
   * @param kind of the fault that it is; `none` for what is no fault
   */
  plans(part: string, kind?: FaultKind | 'none'): boolean;
  /** The messages of a lane: as many as were planned, or fewer in a play that makes do with them. */
  laneLength(planned: number): number;
  /** So many times more is planned than usual, and the history may be as much longer. */
  lengthen(times: number): void;
  isBroken(rule: string): boolean;
  /** Load, drain, end, and with it the history; returns when the world stands still. */
  run(course: SimulatedCourse): void;
  /** A fault that begins now, in the history with its evidence. */
  fault(start: () => void, forNs: number, stop: () => void): void;
  /** The group has read everything. */
  drained(group: number): void;
}

export interface SimulatedAgenda {
  /** Nanoseconds since the world began. */
  readonly nowNs: number;
  at(timeNs: number, act: () => void): void;
  after(delayNs: number, act: () => void): void;
}

export interface SimulatedHistory {
  /**
   * An event that happens now, blank but for its kind and time, to be filled in and added before there is
   * another: the record is always the same.
   */
  begin(kind: EventKind): EventRecord;
  add(event: EventRecord): void;
  /** So many events at once, from this one on: see `eachOfRun`. */
  addRun(event: EventRecord, count: number): void;
  /** Both at once, for what does not happen with every message. */
  write(kind: EventKind, fields: Partial<EventRecord>): void;
  /** Of one operation; of several that begin at once the first, and the others follow. */
  ticket(count?: number): number;
}

export interface SimulatedCourse {
  /** What the checks are told of it. */
  readonly facts: CellFacts;
  readonly isLoaded: () => boolean;
  readonly isDrained: () => boolean;
  readonly afterDrain: () => void;
}

/** Append-only segments, as a journal uses them; a write is lost by a power loss until it was synced. */
export interface SimulatedDisk {
  list(): readonly number[];
  create(segment: number): void;
  size(segment: number): number;
  append(segment: number, chunks: readonly Buffer[]): void;
  read(segment: number, position: number, into: Buffer): void;
  truncate(segment: number, bytes: number): void;
  remove(segment: number): void;
  sync(segment: number, done: (error: unknown) => void): void;
  close(): void;
  /** The process is gone: nobody waits for syncs any more; what was written is there. */
  loseProcess(): void;
  /** The machine is gone: of what was not synced any part may be there, the last of it torn. */
  losePower(): void;
  /** Bytes that still fit. */
  setRoom(bytes: number): void;
}

/** Chances in a thousand. */
export interface ConnectionTrouble {
  /** That a message cuts the connection on its way. */
  readonly cuts: number;
}

export interface SimulatedConnection {
  readonly isCut: boolean;
  /** What arrives does so in the order of sending, after some time, and not at all once the connection is cut. */
  toServer(arrive: () => void): void;
  toClient(arrive: () => void): void;
  /** Both sides learn of it, each in its time. */
  cut(): void;
  onCut(side: 'server' | 'client', act: () => void): void;
}
