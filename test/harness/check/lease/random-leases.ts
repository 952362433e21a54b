import * as fc from 'fast-check';
import {
  type CellFacts,
  defaultBounds,
  plainFacts,
  plainGroup,
} from '../../../../harness/core/facts.ts';
import { EventKind } from '../../../../harness/core/events.ts';
import { consumerA, consumerB, HistoryBuilder, producer } from '../history-of.ts';

const messages = 3;
const who = fc.constantFrom(consumerA, consumerB);
const seq = fc.nat({ max: messages - 1 });
const when = fc.option(fc.constantFrom(600_000, 1_700_000, 4_000_000), { nil: -1 });

const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      seq,
      who,
      agoNs: fc.option(fc.constantFrom(0, 2_000, 500_000), { nil: undefined }),
      redelivered: fc.constantFrom(undefined, false, true),
      attempt: fc.constantFrom(0, 0, 1, 2),
      leaseMs: fc.constantFrom(0, 1, 2),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      seq,
      who,
      how: fc.constantFrom('acknowledge', 'requeue', 'reject', 'extend'),
      outcome: fc.constantFrom('ok', 'ok', 'fail', 'unknown'),
      leaseMs: fc.constantFrom(0, 1, 2),
      isOpen: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('session' as const),
      who,
      what: fc.constantFrom('open', 'close', 'crash', 'seek'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('takeover' as const), seq }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('overtake' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      position: fc.nat({ max: messages }),
      agoNs: fc.constantFrom(0, 500_000),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export const leaseFacts: CellFacts = {
  ...plainFacts,
  groups: [plainGroup],
  leased: true,
  timed: true,
  placed: true,
  messageGroups: true,
  bounds: { ...defaultBounds, skewMs: 0.5, expiryGraceMs: 0.5, stalenessMs: 1 },
};

/** One group, one lane of message groups, a few messages with times of their own, and much that goes wrong. */
export const randomLeases: fc.Arbitrary<HistoryBuilder> = fc
  .tuple(
    fc.array(fc.record({ notBeforeNs: when, expiresNs: when }), {
      minLength: messages,
      maxLength: messages,
    }),
    fc.nat({ max: 2 }),
    fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }),
  )
  .map(([times, limit, steps]) => {
    const history = new HistoryBuilder();
    for (const holder of [consumerA, consumerB]) {
      history.add({ kind: EventKind.sessionOpened, ...holder, group: 0, ref: limit });
    }
    times.forEach(({ notBeforeNs, expiresNs }, at) => {
      history.invoke(0, at);
      const timed = { actor: producer, lane: 0, seq: at, auxNs: notBeforeNs };
      history.add({ kind: EventKind.sendTimed, ...timed, positionMajor: expiresNs });
      history.settled(0, at, 'ok', [0, at]);
    });
    for (const one of steps) play(one, history);
    return history;
  });

function play(one: Step, history: HistoryBuilder): void {
  switch (one.do) {
    case 'deliver': {
      const { who: to, attempt, leaseMs, agoNs, redelivered } = one;
      history.deliver(0, one.seq, {
        to,
        attempt,
        leaseMs,
        ...(agoNs === undefined ? {} : { requestedNs: Math.max(0, history.nowNs - agoNs) }),
        ...(redelivered === undefined ? {} : { redelivered }),
      });
      return;
    }
    case 'settle': {
      const { who: to, how, outcome } = one;
      const leaseMs = how === 'extend' ? one.leaseMs : 0;
      if (one.isOpen) history.beginSettle(0, one.seq, how, { to, leaseMs });
      else history.settle(0, one.seq, how, outcome, { to, leaseMs });
      return;
    }
    case 'session': {
      const opened = { kind: EventKind.sessionOpened, ...one.who, group: 0 };
      if (one.what === 'open') history.add(opened);
      else if (one.what === 'close') history.close(one.who);
      else if (one.what === 'crash') history.crash(one.who);
      else history.add({ kind: EventKind.seeked, ...one.who, group: 0 });
      return;
    }
    // B gets what A let expire, and A settles it all the same: too rare to happen by chance.
    case 'takeover':
      history.deliver(0, one.seq, { leaseMs: 1, requestedNs: history.nowNs }).wait(1_100_000);
      history.deliver(0, one.seq, { to: consumerB, leaseMs: 2, requestedNs: history.nowNs });
      history.settle(0, one.seq);
      return;
    // The first message is given back, and the last one comes before it.
    case 'overtake':
      history.deliver(0, 0, { attempt: 1 }).settle(0, 0, 'requeue');
      history.deliver(0, messages - 1, { requestedNs: history.nowNs, attempt: 1 });
      history.deliver(0, 0, { requestedNs: history.nowNs, attempt: 2 });
      return;
    case 'wait':
      history.wait(600_000);
      return;
    case 'read': {
      const auxNs = Math.max(0, history.nowNs - one.agoNs);
      const read = { kind: EventKind.read, ...consumerA, group: 0, scope: 0, auxNs };
      history.add({ ...read, positionMajor: one.position });
    }
  }
}
