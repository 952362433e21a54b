/**
 * The history's vocabulary (version 2): every event kind of the history model, as fixed 64-byte records.
 * One cache line a record; the same field stands at the same offset for every kind, so one codec and one
 * merge serve all. No record holds text: names and the meaning of codes are in the record of the run.
 *
 * | offset | type | field |
 * |---|---|---|
 * | 0 | u8 | kind |
 * | 1 | u8 | outcome (0 none, 1 ok, 2 fail, 3 unknown) |
 * | 2 | u8 | flags |
 * | 3 | u8 | detail: settlement, phase, transaction end, by kind |
 * | 4 | u16 | actor |
 * | 6 | u16 | group (subscription index; 0xffff none) |
 * | 8 | f64 | timeNs |
 * | 16 | u32 | lane |
 * | 20 | u32 | seq |
 * | 24 | u32 | ticket |
 * | 28 | u32 | session (one consumer or producer incarnation's connection; unique in a cell) |
 * | 32 | f64 | positionMajor |
 * | 40 | u32 | positionMinor |
 * | 44 | u16 | code (the engine's outcome table) |
 * | 46 | u16 | attempt (1 = first; 0 = not known) |
 * | 48 | f64 | auxNs: send.invoke the intended instant, deliver the request's instant (-1 for push) |
 * | 56 | u32 | scope (partition or queue, index into the cell's deployment) |
 * | 60 | u32 | ref: transaction id, lease in ms, generation, fault index, count, by kind |
 *
 * What each kind says in the fields of its record, beyond `timeNs` and `actor`. A scope number names one
 * sequence of positions in the cell (a partition, a shard, a queue): groups that read the same scope read
 * the same positions. Transaction ids are unique in a cell and begin at 1.
 *
 * | kind | fields |
 * |---|---|
 * | send.invoke | lane, seq, ticket, attempt, auxNs intended instant, ref transaction (0 none); with `Flag.derived` positionMajor, positionMinor: lane, seq of the input it was made from |
 * | send.timed | lane, seq, auxNs: not visible before this instant (-1 none), positionMajor: expires at this instant (-1 never); stands after its send.invoke |
 * | send.settled | lane, seq, ticket, attempt, outcome, code, ref wire attempts, place |
 * | send.returned | lane, seq, ticket: unroutable, given back to its sender |
 * | deliver | group, session, lane, seq, place, attempt, flags, auxNs request's instant, ref lease in ms |
 * | corrupt | as deliver; detail: what did not match |
 * | settle.invoke / settle.settled | group, session, lane, seq, ticket, detail how, ref the new lease in ms of an extension; settled: outcome |
 * | process.start / process.done | group, session, lane, seq |
 * | tx.init | scope transactional id's number, ref 0, seq epoch, outcome: earlier epochs of that id are fenced from here |
 * | tx.begin | ref transaction, scope transactional id's number, seq epoch (0xffffffff not known) |
 * | tx.read | ref transaction, group, lane, seq: the transaction consumes this message |
 * | tx.end.invoke / tx.end.settled | ref transaction, scope and seq as tx.begin, detail commit or abort; settled: outcome |
 * | group.assigned / .revoked / .lost | group, session, scope, ref generation (0 not known): one event a scope |
 * | commit.offset.invoke / .settled | group, session, scope, ticket, position: the next to be read; ref generation, seq transaction (0 none); settled: outcome |
 * | seek | group, session, scope, position |
 * | read | group, session, scope, auxNs the read's invocation, position: the one after the last entry that it could return |
 * | effect.applied | group, lane, seq of the input, scope sink, outcome: ok applied, fail recognised as a repetition and not applied |
 * | sink.read | scope sink, lane, seq, ref copies found when the sink was read back |
 * | sink.complete | scope sink: everything in it has been read back |
 * | dead-letter | group, lane, seq, detail cause, attempt deliveries before the move (0 not known) |
 * | expire | lane, seq, group (none: everywhere) |
 * | redrive | group, lane, seq: back from the dead-letter group |
 * | purge | group: everything in it was removed |
 * | bind / unbind | group, ref route, detail invoke or settled |
 * | scope.split | scope parent, ref child, position: the parent's end |
 * | session.opened / .closed | group, session; opened: ref most messages that it may hold unsettled (0 no limit known) |
 * | crash | the actor was killed |
 * | fault.start | ref fault, detail tolerance |
 * | fault.stop | ref fault, outcome: ok it bit, fail its evidence is missing, none not said |
 * | phase | detail |
 * | drain.complete | group: read to its end, nothing in flight |
 * | clock | auxNs a second clock's reading: both must advance alike |
 */
export const historyVersion = 2;
export const eventBytes = 64;

export const EventKind = {
  sendInvoke: 1,
  sendSettled: 2,
  sendReturned: 3,
  deliver: 4,
  settleInvoke: 5,
  settleSettled: 6,
  processStart: 7,
  processDone: 8,
  transactionBegin: 9,
  transactionEndInvoke: 10,
  transactionEndSettled: 11,
  assigned: 12,
  revoked: 13,
  lost: 14,
  offsetCommitInvoke: 15,
  offsetCommitSettled: 16,
  effectApplied: 17,
  sinkRead: 18,
  deadLettered: 19,
  expired: 20,
  redriven: 21,
  sessionOpened: 22,
  sessionClosed: 23,
  crashed: 24,
  seeked: 25,
  purged: 26,
  bound: 27,
  unbound: 28,
  faultStarted: 29,
  faultStopped: 30,
  phase: 31,
  drainComplete: 32,
  corrupted: 33,
  sendTimed: 34,
  read: 35,
  transactionRead: 36,
  transactionInit: 37,
  scopeSplit: 38,
  sinkComplete: 39,
  clockSample: 40,
} as const;
export type EventKind = (typeof EventKind)[keyof typeof EventKind];

export const eventKindName: Readonly<Record<EventKind, string>> = {
  1: 'send.invoke',
  2: 'send.settled',
  3: 'send.returned',
  4: 'deliver',
  5: 'settle.invoke',
  6: 'settle.settled',
  7: 'process.start',
  8: 'process.done',
  9: 'tx.begin',
  10: 'tx.end.invoke',
  11: 'tx.end.settled',
  12: 'group.assigned',
  13: 'group.revoked',
  14: 'group.lost',
  15: 'commit.offset.invoke',
  16: 'commit.offset.settled',
  17: 'effect.applied',
  18: 'sink.read',
  19: 'dead-letter',
  20: 'expire',
  21: 'redrive',
  22: 'session.opened',
  23: 'session.closed',
  24: 'crash',
  25: 'seek',
  26: 'purge',
  27: 'bind',
  28: 'unbind',
  29: 'fault.start',
  30: 'fault.stop',
  31: 'phase',
  32: 'drain.complete',
  33: 'corrupt',
  34: 'send.timed',
  35: 'read',
  36: 'tx.read',
  37: 'tx.init',
  38: 'scope.split',
  39: 'sink.complete',
  40: 'clock',
};

export const OutcomeCode = { none: 0, ok: 1, fail: 2, unknown: 3 } as const;
export type OutcomeCode = (typeof OutcomeCode)[keyof typeof OutcomeCode];

/** Bits of `flags`. */
export const Flag = {
  /** The broker said that this copy may have been delivered before. */
  redelivered: 1,
  /** The engine reported a place, so scope and position are meaningful. */
  placed: 2,
  /** Pull delivery: `auxNs` is when the copy was requested. */
  pulled: 4,
  /** The message will not be sent again by the harness: its last attempt. */
  finalAttempt: 8,
  /** `settle.settled` that a fence proved, not a reply of its own (AMQP). */
  fenced: 16,
  /** The engine reports whether a copy is a redelivery: absence of `redelivered` means first delivery. */
  flagKnown: 32,
  /** `send.invoke`: the message was derived from the input whose lane and seq stand in the position. */
  derived: 64,
} as const;

/** Detail of `settle.*`: how the consumer settled. */
export const SettlementCode = { acknowledge: 1, requeue: 2, reject: 3, extend: 4 } as const;
/** Detail of `phase`. */
export const PhaseCode = { warmup: 1, load: 2, fault: 3, heal: 4, drain: 5, end: 6 } as const;
/** Detail of `tx.end.*`. */
export const TransactionEndCode = { commit: 1, abort: 2 } as const;
/** Detail of `dead-letter`: why it was moved; `missing` when the broker gave no reason. */
export const DeadLetterCause = {
  missing: 0,
  attempts: 1,
  expired: 2,
  rejected: 3,
  overflow: 4,
} as const;
/** Detail of `bind` and `unbind`: the change takes effect somewhere between the two. */
export const BindingCode = { invoke: 1, settled: 2 } as const;
export type BindingCode = (typeof BindingCode)[keyof typeof BindingCode];
/** Detail of `fault.start`: whether the claims under test promise to bear it. */
export const ToleranceCode = { unknown: 0, tolerated: 1, beyond: 2 } as const;
/** Detail of `corrupt`: which part of a delivered message did not match. */
export const CorruptionCode = {
  header: 1,
  checksum: 2,
  length: 3,
  body: 4,
  foreignRun: 5,
  key: 6,
  attributes: 7,
} as const;

export const noGroup = 0xffff;
export const noLane = 0xffff_ffff;
/** Nobody said which epoch of its transactional id a producer has. */
export const noEpoch = 0xffff_ffff;

/** A decoded record. Readers reuse one object: copy what you keep. */
export interface EventRecord {
  kind: EventKind;
  outcome: OutcomeCode;
  flags: number;
  detail: number;
  actor: number;
  group: number;
  timeNs: number;
  lane: number;
  seq: number;
  ticket: number;
  session: number;
  positionMajor: number;
  positionMinor: number;
  code: number;
  attempt: number;
  auxNs: number;
  scope: number;
  ref: number;
}

export function emptyEvent(): EventRecord {
  return {
    kind: EventKind.phase,
    outcome: OutcomeCode.none,
    flags: 0,
    detail: 0,
    actor: 0,
    group: noGroup,
    timeNs: 0,
    lane: noLane,
    seq: 0,
    ticket: 0,
    session: 0,
    positionMajor: 0,
    positionMinor: 0,
    code: 0,
    attempt: 0,
    auxNs: -1,
    scope: 0,
    ref: 0,
  };
}
