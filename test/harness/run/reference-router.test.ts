import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Exchanges } from '../../../engines/embedded/broker/exchanges.ts';
import { subscriptionsFor } from '../../../harness/run/reference-router.ts';
import type { Address, RoutingPlan } from '../../../scenarios/scenario.ts';

function planOf(changes: Partial<RoutingPlan>): RoutingPlan {
  return {
    destinations: [{ by: 'topic', alternate: undefined }],
    subscriptions: [0, 0],
    bindings: [],
    initially: [],
    addresses: [],
    ...changes,
  };
}

const keyed = (key: string): Address => ({ destination: 0, key, headers: undefined });
const binding = (subscription: number, key: string) =>
  ({ subscription, key, headers: {}, match: 'all' }) as const;

describe('the reference router', () => {
  it.each([
    ['a.b', 'a.b', true],
    ['a.*', 'a.b', true],
    ['a.*', 'a', false],
    ['a.*', 'a.b.c', false],
    ['a.#', 'a', true],
    ['a.#', 'a.b.c', true],
    ['#', '', true],
    ['#.z', 'a.b.z', true],
    ['#.z', 'a.z.b', false],
    ['a.#.z', 'a.z', true],
    ['*', '', false],
    ['*.*', 'a', false],
  ])('takes the pattern %s for the key "%s": %s', (pattern, key, is) => {
    const plan = planOf({ bindings: [binding(1, pattern)] });
    expect(subscriptionsFor(plan, new Set([0]), keyed(key))).toEqual(is ? [1] : []);
  });

  it('gives a subscription a message once, and only by bindings that are in force', () => {
    const plan = planOf({ bindings: [binding(0, 'a'), binding(0, '#'), binding(1, 'a')] });
    expect(subscriptionsFor(plan, new Set([0, 1]), keyed('a'))).toEqual([0]);
    expect(subscriptionsFor(plan, new Set([2]), keyed('a'))).toEqual([1]);
    expect(subscriptionsFor(plan, new Set(), keyed('a'))).toEqual([]);
  });

  it('passes on what nobody wants, to the alternate of the alternate if need be', () => {
    const plan = planOf({
      destinations: [
        { by: 'direct', alternate: 1 },
        { by: 'headers', alternate: 2 },
        { by: 'everything', alternate: undefined },
      ],
      subscriptions: [0, 1, 2],
      bindings: [binding(0, 'a'), { ...binding(1, ''), headers: { x: '1' }, match: 'any' }],
    });
    const all = new Set([0, 1]);
    expect(subscriptionsFor(plan, all, keyed('a'))).toEqual([0]);
    expect(subscriptionsFor(plan, all, { ...keyed('b'), headers: { x: '1' } })).toEqual([1]);
    expect(subscriptionsFor(plan, all, keyed('b'))).toEqual([2]);
  });

  it('agrees with the exchanges of the embedded broker, which know nothing of it', () => {
    const word = fc.constantFrom('a', 'b', 'c');
    const part = fc.oneof(word, fc.constantFrom('*', '#'));
    const headers = fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('1', '2'));
    const bindings = fc.array(
      fc.record({
        subscription: fc.nat(3),
        key: fc.array(part, { maxLength: 4 }).map((words) => words.join('.')),
        headers,
        match: fc.constantFrom('all', 'any'),
      }),
      { maxLength: 6 },
    );
    const address = fc.record({
      destination: fc.constant(0),
      key: fc.array(word, { maxLength: 5 }).map((words) => words.join('.')),
      headers,
    });
    fc.assert(
      fc.property(
        fc.constantFrom('direct', 'topic', 'headers'),
        bindings,
        address,
        (by, given, to) => {
          const plan = planOf({
            destinations: [
              { by, alternate: 1 },
              { by: 'everything', alternate: undefined },
            ],
            subscriptions: [0, 0, 0, 0, 1],
            bindings: given,
          });
          const exchanges = new Exchanges();
          exchanges.add(2, { name: 'rest', kind: 'fanout', alternate: undefined });
          exchanges.add(1, { name: 'main', kind: by, alternate: 2 });
          exchanges.get(2)?.bind(4, { key: '', headers: {}, match: 'all' });
          for (const { subscription, ...spec } of given) {
            exchanges.get(1)?.bind(subscription, spec);
          }
          const routed = exchanges.route(1, { key: to.key, headers: () => to.headers });
          expect(subscriptionsFor(plan, new Set(given.keys()), to)).toEqual(
            routed.toSorted((a, b) => a - b),
          );
        },
      ),
    );
  });
});
