import * as fc from 'fast-check';
import type { EventLineKind } from '../../../harness/import/line-schema.ts';

type Fields = Readonly<Record<string, fc.Arbitrary<unknown>>>;

const maybe = (arbitrary: fc.Arbitrary<unknown>) => fc.option(arbitrary, { nil: undefined });
const name = (prefix: string) => fc.constantFrom(`${prefix}1`, `${prefix}2`);
const count = fc.nat({ max: 5 });
const ms = fc.nat({ max: 2_000_000 }).map((thousandths) => thousandths / 1_000);
const outcome = fc.constantFrom('ok', 'fail', 'unknown');
const position = fc.oneof(count, fc.tuple(count, fc.integer({ min: 1, max: 5 })));

const actor = { actor: name('a') };
const message = { lane: fc.constantFrom('x', 'y', 'constructor'), seq: count };
const operation = { ticket: maybe(fc.nat({ max: 0xffff_ffff })) };
const session = { session: maybe(name('s')) };
const holder = { ...actor, group: name('g'), ...session };
const place = { scope: maybe(name('p')), position: maybe(position) };
const failing = { outcome, error: maybe(name('E')) };
const received = {
  ...holder,
  ...message,
  ...place,
  attempt: maybe(count),
  redelivered: maybe(fc.boolean()),
  requestedMs: maybe(ms),
  leaseMs: maybe(count),
};
const settlement = {
  ...holder,
  ...message,
  ...operation,
  how: fc.constantFrom('acknowledge', 'requeue', 'reject', 'extend'),
  leaseMs: maybe(count),
};
const transactional = { transactionalId: maybe(name('i')), epoch: maybe(count) };
const end = {
  ...actor,
  transaction: name('t'),
  end: fc.constantFrom('commit', 'abort'),
  ...transactional,
};
const ofScope = { ...holder, scope: name('p') };
const assignment = { ...ofScope, generation: maybe(count) };
const offset = {
  ...assignment,
  ...operation,
  position,
  transaction: maybe(name('t')),
};
const binding = {
  group: name('g'),
  route: fc.constant('r'),
  stage: fc.constantFrom('invoke', 'settled'),
};

/** Every kind with every field that it may have, but for those that come in pairs. */
const fieldsOf: Readonly<Record<EventLineKind, Fields>> = {
  'send.invoke': {
    ...actor,
    ...message,
    ...operation,
    ...session,
    attempt: maybe(count),
    final: maybe(fc.boolean()),
    transaction: maybe(name('t')),
    notBeforeMs: maybe(ms),
    expiresMs: maybe(ms),
    intendedMs: maybe(ms),
  },
  'send.timed': { ...actor, ...message, notBeforeMs: maybe(ms), expiresMs: maybe(ms) },
  'send.settled': {
    ...actor,
    ...message,
    ...operation,
    ...session,
    ...failing,
    ...place,
    attempt: maybe(count),
    wireAttempts: maybe(count),
  },
  'send.returned': { ...actor, ...message, ...operation, ...session },
  deliver: received,
  corrupt: { ...received, part: fc.constantFrom('header', 'body', 'attributes') },
  'settle.invoke': settlement,
  'settle.settled': { ...settlement, ...failing, fenced: maybe(fc.boolean()) },
  'process.start': { ...holder, ...message },
  'process.done': { ...holder, ...message },
  'tx.init': { ...actor, transactionalId: name('i'), epoch: count, ...failing },
  'tx.begin': { ...actor, transaction: name('t'), ...transactional },
  'tx.read': { ...actor, transaction: name('t'), group: name('g'), ...message },
  'tx.end.invoke': end,
  'tx.end.settled': { ...end, ...failing },
  'group.assigned': assignment,
  'group.revoked': assignment,
  'group.lost': assignment,
  'commit.offset.invoke': offset,
  'commit.offset.settled': { ...offset, ...failing },
  seek: { ...holder, ...place },
  read: { ...ofScope, requestedMs: ms, position },
  'effect.applied': { ...actor, group: name('g'), ...message, sink: name('k'), outcome },
  'sink.read': { sink: name('k'), ...message, copies: count },
  'sink.complete': { sink: name('k') },
  'dead-letter': {
    group: name('g'),
    ...message,
    cause: fc.constantFrom('missing', 'attempts', 'expired', 'rejected', 'overflow'),
    attempt: maybe(count),
  },
  expire: { ...message, group: maybe(name('g')) },
  redrive: { group: name('g'), ...message },
  purge: { group: name('g') },
  bind: binding,
  unbind: binding,
  'scope.split': { scope: name('p'), child: name('p'), position },
  'session.opened': { ...actor, session: name('s'), group: maybe(name('g')), limit: maybe(count) },
  'session.closed': { ...actor, session: name('s'), group: maybe(name('g')) },
  crash: actor,
  'fault.start': { fault: name('f'), tolerated: maybe(fc.boolean()) },
  'fault.stop': { fault: name('f'), bit: maybe(fc.boolean()) },
  phase: { phase: fc.constantFrom('warmup', 'load', 'fault', 'heal', 'drain', 'end') },
  'drain.complete': { group: name('g') },
  clock: { wallMs: ms },
};

const event = fc.oneof(
  ...Object.entries(fieldsOf).map(([kind, fields]) =>
    fc.record({ kind: fc.constant(kind), stepMs: ms, ...fields }),
  ),
);

const header = fc.record({
  kind: fc.constant('history'),
  version: fc.constant(1),
  run: maybe(fc.constant('r')),
  groups: maybe(
    fc.record({
      g2: fc.constant({ role: 'subscription', attempts: 3, deadLetter: 'g9' }),
      g9: fc.constant({ role: 'dead-letter', of: 'g2' }),
    }),
  ),
  lanes: maybe(fc.constant({ y: { ordered: false }, unsent: { route: 'r' } })),
  routes: fc.constant({ r: { groups: ['g1'], mandatory: true } }),
  oneOrder: maybe(fc.boolean()),
  consumption: maybe(fc.constantFrom('automatic', 'settle-before-processing')),
  sendReply: maybe(fc.constantFrom('each', 'none')),
  bounds: maybe(fc.constant({ skewMs: 7 })),
  faultsPlanned: maybe(count),
});

/** A scope comes with a position, or where it is all that an event is about. */
function isPlaced(fields: object): boolean {
  return !('position' in fields) || fields.position !== undefined;
}

/** Lines that a reader takes, whatever they say; a stop of a fault that never started may be among them. */
export const arbitraryLines: fc.Arbitrary<readonly string[]> = fc
  .tuple(header, fc.array(event, { maxLength: 40 }))
  .map(([first, events]) => {
    let timeMs = 0;
    const lines = events.map(({ stepMs, ...fields }) => {
      timeMs += stepMs;
      return JSON.stringify({
        timeMs,
        ...fields,
        ...(isPlaced(fields) ? {} : { scope: undefined }),
      });
    });
    return [JSON.stringify(first), ...lines];
  });
