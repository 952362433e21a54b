import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventKind, type EventRecord, OutcomeCode } from '../../../../harness/core/events.ts';
import { plainFacts } from '../../../../harness/core/facts.ts';
import { resultAlone } from '../history-of.ts';
import { TransactionHistory } from './transaction-history.ts';

const id = fc.nat({ max: 1 });
const outcome = fc.constantFrom(
  'ok' as const,
  'ok' as const,
  'ok' as const,
  'fail' as const,
  'unknown' as const,
);
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('init' as const), id, outcome }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('begin' as const), id, back: fc.nat({ max: 2 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('ask' as const), which: fc.nat({ max: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('answer' as const), outcome }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Begun {
  readonly transaction: number;
  readonly id: number;
  readonly epoch: number;
}

/** Epochs of two transactional ids grow; transactions begin with the present or an older one. */
function play(steps: readonly Step[]): readonly EventRecord[] {
  const history = new TransactionHistory();
  const epochs = [0, 0];
  const begun: Begun[] = [];
  const asked: Begun[] = [];
  let number = 0;
  for (const one of steps) {
    if (one.do === 'init') {
      epochs[one.id] = (epochs[one.id] ?? 0) + 1;
      history.init(one.id, epochs[one.id] ?? 0, one.outcome);
    } else if (one.do === 'begin') {
      number += 1;
      const epoch = Math.max(0, (epochs[one.id] ?? 0) - one.back);
      const of = { transaction: number, id: one.id, epoch };
      history.begin(number, of).write(number, 0, number - 1);
      begun.push(of);
    } else if (one.do === 'ask') {
      const [of] = begun.splice(one.which % Math.max(1, begun.length), 1);
      if (of === undefined) continue;
      history.asks(of.transaction, 'commit', of);
      asked.push(of);
    } else {
      const of = asked.shift();
      if (of !== undefined) history.answers(of.transaction, 'commit', one.outcome, of);
    }
  }
  return history.drained().events;
}

/** Commits that were asked for with an epoch older than one whose initialisation had been answered ok. */
function naiveUnfenced(events: readonly EventRecord[]): number {
  return events.filter((asked, at) => {
    if (asked.kind !== EventKind.transactionEndInvoke) return false;
    const begun = events.find(
      ({ kind, ref }) => kind === EventKind.transactionBegin && ref === asked.ref,
    );
    const isAccepted = events.some(
      (event) =>
        event.kind === EventKind.transactionEndSettled &&
        event.ref === asked.ref &&
        event.outcome === OutcomeCode.ok,
    );
    const isOld = events
      .slice(0, at)
      .some(
        (event) =>
          event.kind === EventKind.transactionInit &&
          event.outcome === OutcomeCode.ok &&
          event.scope === begun?.scope &&
          event.seq > asked.seq,
      );
    return isAccepted && isOld;
  }).length;
}

it('T8 agrees with a naive oracle on every small history of epochs', () => {
  let seen = 0;
  const facts = { ...plainFacts, transactions: 'read-committed' } as const;
  const steps = fc.array(step, { minLength: 4, maxLength: 24, size: 'max' });
  fc.assert(
    fc.property(steps, (of) => {
      const events = play(of);
      const expected = naiveUnfenced(events);
      if (expected > 0) seen += 1;
      expect(resultAlone('T8', events, facts)).toMatchObject({ count: expected, possible: 0 });
    }),
    { numRuns: 2_000, seed: 20_261_127 },
  );
  expect(seen).toBeGreaterThan(200);
});
