/**
 * The lines of a foreign history, as `docs/history-format.md` describes them. One zod source: the reader
 * validates with it, its types are the lines' types, and `ackmark schema history` prints it.
 */
import { z } from 'zod';
import { bounds, groupLine, laneLine, nameOrNumber, position, routeLine } from './line-values.ts';

const text = z.string().max(10_000);
const count = z.number().int().nonnegative().max(0xffff_ffff);
const small = z.number().int().nonnegative().max(0xffff);
const milliseconds = z.number().nonnegative();
const outcome = z.enum(['ok', 'fail', 'unknown']);

export const lineFormatVersion = 1;

export const headerLine = z.strictObject({
  kind: z.literal('history'),
  version: z.literal(lineFormatVersion),
  run: text.optional().describe('an event that carries another run belongs to another history'),
  offsetMs: z.number().optional().describe('added to every time of this file'),
  groups: z.record(z.string().min(1), groupLine).optional(),
  lanes: z.record(z.string().min(1), laneLine).optional(),
  routes: z.record(z.string().min(1), routeLine).optional(),
  sinks: z.array(z.string().min(1)).optional(),
  consumption: z
    .enum(['automatic', 'settle-before-processing', 'settle-after-processing'])
    .optional(),
  ackReply: z.enum(['each', 'fence', 'none']).optional(),
  sendReply: z.enum(['each', 'none']).optional(),
  messageGroups: z.boolean().optional(),
  fifoQueue: z.boolean().optional(),
  oneOrder: z.boolean().optional(),
  transactions: z.enum(['none', 'read-committed', 'read-uncommitted']).optional(),
  placed: z.boolean().optional().describe('this and the next five: as the events show, without'),
  leased: z.boolean().optional(),
  assignments: z.boolean().optional(),
  offsets: z.boolean().optional(),
  attributes: z.boolean().optional(),
  timed: z.boolean().optional(),
  bounds: bounds.optional(),
  faultsPlanned: count.optional(),
  note: text.optional().describe('for human readers'),
});
export type HeaderLine = z.infer<typeof headerLine>;

/** What may stand in every event. */
const every = {
  timeMs: milliseconds,
  run: text.optional(),
  note: text.optional().describe('for human readers'),
};
const byActor = { ...every, actor: nameOrNumber };
/** Events that nobody of the cell has to have done. */
const byAnybody = { ...every, actor: nameOrNumber.optional() };
const message = { lane: nameOrNumber, seq: count };
const place = { scope: nameOrNumber.optional(), position: position.optional() };
const session = { session: nameOrNumber.optional() };
const inGroup = { group: nameOrNumber, ...session };
/** Tells operations of one actor apart that are under way at the same time; paired by order without. */
const operation = { ticket: count.optional() };
const producer = { ...byActor, ...message, ...operation, ...session };
const received = {
  ...byActor,
  ...inGroup,
  ...place,
  attempt: small.optional(),
  redelivered: z.boolean().optional(),
  requestedMs: milliseconds.optional(),
  leaseMs: milliseconds.max(0xffff_ffff).optional(),
};
const settlement = {
  ...byActor,
  ...inGroup,
  ...message,
  ...operation,
  how: z.enum(['acknowledge', 'requeue', 'reject', 'extend']),
  leaseMs: milliseconds.max(0xffff_ffff).optional().describe('the new lease of an extension'),
};
const transactional = { transactionalId: nameOrNumber.optional(), epoch: count.optional() };
const transactionEnd = {
  ...byActor,
  transaction: nameOrNumber,
  end: z.enum(['commit', 'abort']),
  ...transactional,
};
const ofScope = { ...byActor, group: nameOrNumber, scope: nameOrNumber };
const assignment = { ...ofScope, ...session, generation: count.optional() };
const offsetCommit = {
  ...ofScope,
  ...operation,
  position,
  ...session,
  generation: count.optional(),
  transaction: nameOrNumber.optional(),
};
const binding = {
  ...byAnybody,
  group: nameOrNumber,
  route: nameOrNumber,
  stage: z.enum(['invoke', 'settled']),
};

function line<K extends string, Shape extends z.core.$ZodLooseShape>(kind: K, shape: Shape) {
  return z.strictObject({ kind: z.literal(kind), ...shape });
}

export const eventLines = {
  'send.invoke': line('send.invoke', {
    ...producer,
    attempt: small.optional(),
    final: z.boolean().optional().describe('its last attempt'),
    transaction: nameOrNumber.optional(),
    inputLane: nameOrNumber.optional(),
    inputSeq: count.optional(),
    notBeforeMs: milliseconds.optional(),
    expiresMs: milliseconds.optional(),
    intendedMs: milliseconds.optional(),
  }),
  'send.timed': line('send.timed', {
    ...byActor,
    ...message,
    notBeforeMs: milliseconds.optional(),
    expiresMs: milliseconds.optional(),
  }),
  'send.settled': line('send.settled', {
    ...producer,
    outcome,
    ...place,
    attempt: small.optional(),
    final: z.boolean().optional(),
    wireAttempts: count.optional().describe('as often as the client sent it, if it says so'),
    error: text.optional(),
  }),
  'send.returned': line('send.returned', producer),
  deliver: line('deliver', { ...received, ...message }),
  corrupt: line('corrupt', {
    ...received,
    lane: nameOrNumber.optional().describe('left out when nobody can tell which message it was'),
    seq: count.optional(),
    part: z.enum(['header', 'checksum', 'length', 'body', 'foreignRun', 'key', 'attributes']),
  }),
  'settle.invoke': line('settle.invoke', settlement),
  'settle.settled': line('settle.settled', {
    ...settlement,
    outcome,
    error: text.optional(),
    fenced: z.boolean().optional().describe('proved by a fence, not by a reply of its own'),
  }),
  'process.start': line('process.start', { ...byActor, ...inGroup, ...message }),
  'process.done': line('process.done', { ...byActor, ...inGroup, ...message }),
  'tx.init': line('tx.init', {
    ...byActor,
    transactionalId: nameOrNumber,
    epoch: count,
    outcome,
    error: text.optional(),
  }),
  'tx.begin': line('tx.begin', { ...byActor, transaction: nameOrNumber, ...transactional }),
  'tx.read': line('tx.read', {
    ...byActor,
    transaction: nameOrNumber,
    group: nameOrNumber,
    ...message,
  }),
  'tx.end.invoke': line('tx.end.invoke', transactionEnd),
  'tx.end.settled': line('tx.end.settled', { ...transactionEnd, outcome, error: text.optional() }),
  'group.assigned': line('group.assigned', assignment),
  'group.revoked': line('group.revoked', assignment),
  'group.lost': line('group.lost', assignment),
  'commit.offset.invoke': line('commit.offset.invoke', offsetCommit),
  'commit.offset.settled': line('commit.offset.settled', {
    ...offsetCommit,
    outcome,
    error: text.optional(),
  }),
  seek: line('seek', { ...byActor, ...inGroup, ...place }),
  read: line('read', { ...ofScope, ...session, requestedMs: milliseconds, position }),
  'effect.applied': line('effect.applied', {
    ...byActor,
    group: nameOrNumber,
    ...message,
    sink: nameOrNumber,
    outcome: outcome.describe('fail: recognised as a repetition and not applied'),
  }),
  'sink.read': line('sink.read', { ...byAnybody, sink: nameOrNumber, ...message, copies: count }),
  'sink.complete': line('sink.complete', { ...byAnybody, sink: nameOrNumber }),
  'dead-letter': line('dead-letter', {
    ...byAnybody,
    group: nameOrNumber,
    ...message,
    cause: z.enum(['missing', 'attempts', 'expired', 'rejected', 'overflow']),
    attempt: small.optional().describe('deliveries before the move'),
  }),
  expire: line('expire', { ...byAnybody, ...message, group: nameOrNumber.optional() }),
  redrive: line('redrive', { ...byAnybody, group: nameOrNumber, ...message }),
  purge: line('purge', { ...byAnybody, group: nameOrNumber }),
  bind: line('bind', binding),
  unbind: line('unbind', binding),
  'scope.split': line('scope.split', {
    ...byAnybody,
    scope: nameOrNumber,
    child: nameOrNumber,
    position,
  }),
  'session.opened': line('session.opened', {
    ...byActor,
    group: nameOrNumber.optional(),
    session: nameOrNumber,
    limit: count.optional().describe('most messages that it may hold unsettled'),
  }),
  'session.closed': line('session.closed', {
    ...byActor,
    group: nameOrNumber.optional(),
    session: nameOrNumber,
  }),
  crash: line('crash', byActor),
  'fault.start': line('fault.start', {
    ...byAnybody,
    fault: nameOrNumber,
    tolerated: z.boolean().optional().describe('whether the claims under test promise to bear it'),
  }),
  'fault.stop': line('fault.stop', {
    ...byAnybody,
    fault: nameOrNumber,
    bit: z.boolean().optional().describe('whether it did what it was meant to'),
  }),
  phase: line('phase', {
    ...byAnybody,
    phase: z.enum(['warmup', 'load', 'fault', 'heal', 'drain', 'end']),
  }),
  'drain.complete': line('drain.complete', { ...byAnybody, group: nameOrNumber }),
  clock: line('clock', { ...byAnybody, wallMs: z.number() }),
} as const;

export type EventLineKind = keyof typeof eventLines;
export type EventLines = { readonly [K in EventLineKind]: z.infer<(typeof eventLines)[K]> };
export type EventLine = EventLines[EventLineKind];

export const eventLineKinds = Object.keys(eventLines) as readonly EventLineKind[];

/** Any line of a history: its header or an event. */
export const historyLine = z.union([headerLine, ...Object.values(eventLines)]);
