import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SettleHow } from '../../../../engines/embedded/broker/requests.ts';
import { Bench, type Got, type Hands } from './bench.ts';

const sessions = [1, 2] as const;
const limit = 4;

const step = fc.record({
  what: fc.constantFrom(
    ...(['publish', 'publish', 'publish', 'grant', 'grant', 'grant'] as const),
    ...(['acknowledge', 'acknowledge', 'requeue', 'requeue', 'reject'] as const),
    ...(['leave', 'restart'] as const),
  ),
  session: fc.constantFrom(...sessions),
  number: fc.nat(3),
  persistent: fc.boolean(),
});

interface Known {
  readonly persistent: boolean;
  deliveries: number;
  where: 'waiting' | 'held' | 'grave' | 'gone';
}

/** One queue as AMQP tells it: everything is somewhere, once, and the oldest that waits comes first. */
class Model {
  readonly bench = new Bench();
  readonly grave = this.bench.pair();
  readonly source = this.bench.pair({
    deadLetterExchange: this.grave.exchange,
    deliveryLimit: limit,
  });
  /** By body, which is the order of coming. */
  readonly known = new Map<string, Known>();
  readonly hands = new Map<number, Hands>();
  readonly seen = new Map<number, number>();
  #published = 0;

  constructor() {
    for (const number of sessions) this.join(number);
  }

  join(number: number): void {
    this.hands.set(number, this.bench.hands(number, this.source.queue));
    this.seen.set(number, 0);
  }

  bodies(where: Known['where']): string[] {
    return [...this.known].filter(([, one]) => one.where === where).map(([body]) => body);
  }

  /** What came since the last look is what the oldest that waited were, each consumer's in order. */
  look(): void {
    const fresh: Got[] = [];
    for (const number of sessions) {
      const got = this.hands.get(number)?.got ?? [];
      const own = got.slice(this.seen.get(number));
      this.seen.set(number, got.length);
      expect(own.map(({ body }) => body)).toEqual(own.map(({ body }) => body).toSorted());
      fresh.push(...own);
    }
    const waiting = this.bodies('waiting');
    for (const { body, attempt } of fresh) {
      const one = this.known.get(body);
      expect(one?.where).toBe('waiting');
      if (one === undefined) continue;
      one.deliveries += 1;
      expect(attempt).toBe(one.deliveries);
      one.where = 'held';
    }
    expect(fresh.map(({ body }) => body).toSorted()).toEqual(waiting.slice(0, fresh.length));
    expect(this.bench.depth(this.source.queue)).toEqual({
      ready: waiting.length - fresh.length,
      inFlight: this.bodies('held').length,
    });
  }

  move(bodies: readonly string[], where: Known['where']): void {
    for (const body of bodies) {
      const one = this.known.get(body);
      if (one === undefined) continue;
      const isDead = where === 'waiting' && one.deliveries >= limit;
      one.where = isDead ? 'grave' : where;
    }
  }

  /** What a consumer has in its hands, of all that it ever had. */
  held(number: number): readonly Got[] {
    const got = this.hands.get(number)?.got ?? [];
    return got.filter(({ body, attempt }) => {
      const one = this.known.get(body);
      return one?.where === 'held' && one.deliveries === attempt;
    });
  }

  settle(number: number, how: SettleHow, at: number): void {
    const got = this.held(number)[at];
    if (got === undefined) return;
    const where = { acknowledge: 'gone', requeue: 'waiting', reject: 'grave' } as const;
    this.move([got.body], where[how]);
    this.hands.get(number)?.settle(how, [got.tag]);
  }

  leave(number: number): void {
    const bodies = this.held(number).map(({ body }) => body);
    this.move(bodies, 'waiting');
    this.hands.get(number)?.leave();
    this.join(number);
  }

  publish(count: number, persistent: boolean): void {
    const first = this.#published;
    this.#published += count;
    const bodies = Array.from({ length: count }, (_, index) =>
      String(first + index).padStart(4, '0'),
    );
    for (const body of bodies)
      this.known.set(body, { persistent, deliveries: 0, where: 'waiting' });
    if (count > 0) this.bench.publish(this.source.exchange, bodies, { persistent });
  }

  restart(): void {
    for (const [body, one] of this.known) if (!one.persistent) this.known.delete(body);
    this.move(this.bodies('held'), 'waiting');
    this.bench.restart();
    for (const number of sessions) this.join(number);
  }
}

test('a queue hands out what waits, oldest first, and keeps what was not settled, as its model says', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const model = new Model();
      for (const { what, session, number, persistent } of steps) {
        if (what === 'publish') model.publish(number, persistent);
        else if (what === 'grant') model.hands.get(session)?.grant(number);
        else if (what === 'leave') model.leave(session);
        else if (what === 'restart') model.restart();
        else model.settle(session, what, number);
        model.look();
      }
      const graves = model.bench.contents(model.grave.queue);
      expect(graves.toSorted()).toEqual(model.bodies('grave'));
    }),
    { numRuns: 500 },
  );
});
