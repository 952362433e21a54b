import * as fc from 'fast-check';
import { type CellFacts, plainFacts, plainGroup } from '../../../harness/core/facts.ts';
import { EventKind } from '../../../harness/core/events.ts';
import { type DeliveryDetails, type Holder, HistoryBuilder } from './history-of.ts';

/** Each actor consumes for one group, in one of two sessions. */
const actors = [
  { actor: 2, group: 0 },
  { actor: 3, group: 0 },
  { actor: 4, group: 1 },
] as const;

const who = fc.record({ which: fc.nat({ max: 2 }), later: fc.boolean() });
const lane = fc.constantFrom(0, 4);
const seq = fc.nat({ max: 3 });
const outcome = fc.constantFrom('ok', 'ok', 'fail', 'unknown');
const place = fc.option(fc.tuple(fc.nat({ max: 1 }), fc.nat({ max: 2 })), { nil: undefined });

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('invoke'), lane }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resend'), lane, seq }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('settled'), lane, seq, outcome, place }) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('deliver'),
      lane,
      seq,
      who,
      place,
      agoNs: fc.option(fc.constantFrom(0, 2_000, 9_000), { nil: undefined }),
      redelivered: fc.constantFrom(undefined, false, true),
      attempt: fc.constantFrom(0, 0, 1, 2),
      leaseMs: fc.constantFrom(0, 0, 1),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('settle'),
      lane,
      seq,
      who,
      outcome,
      how: fc.constantFrom('acknowledge', 'acknowledge', 'requeue', 'reject', 'extend'),
      isOpen: fc.boolean(),
      newLeaseMs: fc.constantFrom(0, 1, 2),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('processed'), lane, seq, who }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('session'),
      who,
      what: fc.constantFrom(
        'open',
        'open',
        'close',
        'crash',
        'lost',
        'revoked',
        'assigned',
        'seek',
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('corrupt'),
      lane,
      seq,
      part: fc.constantFrom('body', 'length', 'foreignRun'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('drained'), group: fc.nat({ max: 1 }) }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export const randomFacts: fc.Arbitrary<CellFacts> = fc
  .record({
    consumption: fc.constantFrom(
      'automatic',
      'settle-before-processing',
      'settle-after-processing',
    ),
    ackReply: fc.constantFrom('each', 'fence', 'none'),
    placed: fc.boolean(),
    leased: fc.boolean(),
  })
  .map((facts) => ({ ...plainFacts, ...facts, groups: [plainGroup, plainGroup] }));

/**
 * Small, dense in coincidences, and lawful only in what every harness guarantees: sends are dense. Some
 * messages are sent before anything else happens, so that most deliveries are of something.
 */
export const randomHistory: fc.Arbitrary<HistoryBuilder> = fc
  .tuple(
    fc.array(lane, { maxLength: 8, size: 'max' }),
    fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }),
  )
  .map(([sentFirst, steps]) =>
    build([...sentFirst.map((of) => ({ do: 'invoke' as const, lane: of })), ...steps]),
  );

function build(steps: readonly Step[]): HistoryBuilder {
  const history = new HistoryBuilder();
  const next = new Map<number, number>();
  const open = new Map<string, number>();
  for (const one of steps) play(one, history, next, open);
  return history;
}

function play(
  one: Step,
  history: HistoryBuilder,
  next: Map<number, number>,
  open: Map<string, number>,
): void {
  if (one.do === 'invoke' && 'lane' in one) {
    const at = next.get(one.lane) ?? 0;
    next.set(one.lane, at + 1);
    open.set(`${one.lane}:${at}`, 1);
    history.invoke(one.lane, at);
  } else if (one.do === 'wait') history.wait(600_000);
  else if ('part' in one) history.corrupt(one.lane, one.seq, one.part);
  else if ('what' in one) playSession(one.what, one.who, history);
  else if ('group' in one) history.drained(one.group);
  else if ('leaseMs' in one) {
    const { to, group } = holder(one.who);
    const details: { -readonly [K in keyof DeliveryDetails]: DeliveryDetails[K] } = { to, group };
    if (one.place !== undefined) details.at = one.place;
    if (one.redelivered !== undefined) details.redelivered = one.redelivered;
    if (one.agoNs !== undefined) details.requestedNs = Math.max(0, history.nowNs - one.agoNs);
    history.deliver(one.lane, one.seq, {
      ...details,
      attempt: one.attempt,
      leaseMs: one.leaseMs,
    });
  } else if ('how' in one) {
    const { to, group } = holder(one.who);
    introduce(history, to, group);
    const details = { to, group, leaseMs: one.how === 'extend' ? one.newLeaseMs : 0 };
    if (one.isOpen) history.beginSettle(one.lane, one.seq, one.how, details);
    else history.settle(one.lane, one.seq, one.how, one.outcome, details);
  } else if ('outcome' in one) {
    const key = `${one.lane}:${one.seq}`;
    const attempts = open.get(key) ?? 0;
    if (attempts === 0) return;
    open.set(key, attempts - 1);
    history.settled(one.lane, one.seq, one.outcome, one.place);
  } else if ('who' in one) {
    const { to, group } = holder(one.who);
    introduce(history, to, group);
    history.processed(one.lane, one.seq, to, group);
  } else if ('seq' in one && one.seq < (next.get(one.lane) ?? 0)) {
    const key = `${one.lane}:${one.seq}`;
    open.set(key, (open.get(key) ?? 0) + 1);
    history.invoke(one.lane, one.seq, 2);
  }
}

function holder({ which, later }: { readonly which: number; readonly later: boolean }): {
  readonly to: Holder;
  readonly group: number;
} {
  const { actor, group } = actors[which] ?? actors[0];
  return { to: { actor, session: actor * 10 + (later ? 1 : 0) }, group };
}

/** Nobody settles in a session that was never heard of. */
function introduce(history: HistoryBuilder, to: Holder, group: number): void {
  const isOpened = history.events.some(
    ({ kind, session }) => kind === EventKind.sessionOpened && session === to.session,
  );
  if (!isOpened) history.open(to, group);
}

function playSession(
  what: string,
  who: { readonly which: number; readonly later: boolean },
  history: HistoryBuilder,
): void {
  const { to, group } = holder(who);
  if (what === 'open') history.open(to, group);
  else if (what === 'close') history.close(to, group);
  else if (what === 'crash') history.crash(to);
  else {
    const kinds: Readonly<Record<string, EventKind>> = {
      lost: EventKind.lost,
      revoked: EventKind.revoked,
      assigned: EventKind.assigned,
    };
    history.add({ kind: kinds[what] ?? EventKind.seeked, ...to, group });
  }
}
