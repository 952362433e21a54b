import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultExchange } from '../../../../engines/embedded/broker/exchanges.ts';
import { Status } from '../../../../engines/embedded/protocol/protocol.ts';
import { segmentBytes } from '../broker-on.ts';
import { Bench } from './bench.ts';

const mandatory = { mandatory: true };
const confirmed = { status: Status.ok, returned: [], refused: [] };
const returned = { ...confirmed, returned: [0] };
const everything = { key: '', match: 'all', headers: {} } as const;

describe('the default exchange', () => {
  test.each(['answers', 'réponses', '回答', 'a.*', '#'])(
    'brings a message to the queue that is called as its key (%s), and to no other',
    (name) => {
      const bench = new Bench();
      const [named, other] = [bench.queue({ name }), bench.queue()];
      const key = Buffer.from(name).toString('latin1');
      expect(bench.publish(defaultExchange, [{ body: 'x', key }], mandatory)).toEqual(confirmed);
      expect([bench.contents(named), bench.contents(other)]).toEqual([['x'], []]);
    },
  );

  test('gives a message back that no queue is called after, when it is mandatory', () => {
    const bench = new Bench();
    bench.queue({ name: 'there' });
    const letters = [{ body: 'x', key: 'elsewhere' }];
    expect(bench.publish(defaultExchange, letters, mandatory)).toEqual(returned);
    expect(bench.publish(defaultExchange, letters)).toEqual(confirmed);
  });

  test('is neither declared nor bound nor deleted', () => {
    const bench = new Bench();
    const queue = bench.queue({ name: 'q' });
    const answers: number[] = [];
    const note = ({ status }: { readonly status: number }): void => void answers.push(status);
    bench.broker.declareExchange({ name: '', kind: 'fanout', alternate: undefined }, note);
    bench.broker.bind(0, { exchange: defaultExchange, queue, spec: everything }, note);
    bench.broker.unbind(
      0,
      { exchange: defaultExchange, queue, spec: { ...everything, key: 'q' } },
      note,
    );
    bench.broker.deleteExchange(defaultExchange, note);
    const { alreadyExists, badRequest } = Status;
    expect(answers).toEqual([alreadyExists, badRequest, badRequest, badRequest]);
    bench.publish(defaultExchange, [{ body: 'x', key: 'q' }]);
    expect(bench.contents(queue)).toEqual(['x']);
  });

  test('gets dead letters where a queue says so', () => {
    const bench = new Bench();
    const grave = bench.queue({ name: 'k' });
    const { exchange, queue } = bench.pair({ deadLetterExchange: defaultExchange });
    bench.publish(exchange, [{ body: 'x', key: 'k' }]);
    bench.hands(1, queue).grant(1).settleAll('reject');
    expect(bench.contents(grave)).toEqual(['x']);
  });
});

describe('an exclusive queue', () => {
  const answer = [{ body: 'answer', key: 'mine' }];

  test('is filled by anybody, and consumed, bound and deleted by its connection alone', () => {
    const bench = new Bench();
    const queue = bench.queue({ name: 'mine', exclusive: true }, 1);
    const exchange = bench.exchange('fanout');
    const binding = { exchange, queue, spec: everything };
    const statuses: number[] = [];
    const note = ({ status }: { readonly status: number }): void => void statuses.push(status);
    for (const session of [2, 1]) {
      bench.broker.bind(session, binding, note);
      bench.broker.unbind(session, binding, note);
    }
    expect(() => bench.hands(2, queue)).toThrow('exclusive to another connection');
    bench.publish(defaultExchange, answer);
    expect(bench.hands(1, queue).grant(1).bodies).toEqual(['answer']);
    for (const session of [2, 1]) bench.broker.deleteQueue(session, queue, note);
    const { inUse, ok } = Status;
    expect(statuses).toEqual([inUse, inUse, ok, ok, inUse, ok]);
  });

  test('ends with its connection and no other, and what comes then is given back', () => {
    const bench = new Bench();
    const queue = bench.queue({ name: 'mine', exclusive: true }, 1);
    const hands = bench.hands(1, queue).grant(1);
    bench.broker.disconnected(2, 0);
    expect(bench.publish(defaultExchange, answer, mandatory)).toEqual(confirmed);
    hands.leave();
    expect(bench.depth(queue)).toBeUndefined();
    expect(bench.publish(defaultExchange, answer, mandatory)).toEqual(returned);
    const again = bench.queue({ name: 'mine', exclusive: true }, 2);
    expect(bench.depth(again)).toEqual({ ready: 0, inFlight: 0 });
  });

  test('is gone after a restart with its bindings, and a queue that gets its number has nothing of it', () => {
    const bench = new Bench();
    const exchange = bench.exchange('fanout');
    const queue = bench.queue({ name: 'mine', exclusive: true }, 0);
    bench.bind(exchange, queue);
    bench.publish(exchange, ['before']);
    bench.hands(0, queue).grant(1).settleAll('acknowledge');
    bench.publish(exchange, ['before, too']);
    bench.restart();
    expect(bench.publish(exchange, ['after'], mandatory)).toEqual(returned);
    const next = bench.queue({ name: 'mine' });
    expect(next).toBe(queue);
    bench.publish(exchange, ['after, too']);
    bench.restart();
    expect(bench.contents(next)).toEqual([]);
  });

  test('writes nothing into the journal, from its declaration to its end', () => {
    const bench = new Bench();
    const exchange = bench.exchange('fanout');
    const journal = (): number[] =>
      [...bench.storage.segments.values()].map(({ length }) => length);
    const before = journal();
    for (const isDeleted of [true, false]) {
      const queue = bench.queue({ exclusive: true }, 1);
      bench.bind(exchange, queue, {}, 1);
      if (isDeleted) bench.broker.deleteQueue(1, queue, () => {});
      bench.broker.disconnected(1, 0);
      expect(bench.publish(exchange, ['x'], mandatory)).toEqual(returned);
    }
    expect(journal()).toEqual(before);
  });

  test('is in no checkpoint, while what it holds is there until it ends', () => {
    const bench = new Bench();
    const exchange = bench.exchange('fanout');
    const kept = bench.queue({ name: 'kept' });
    const mine = bench.queue({ name: 'mine', exclusive: true }, 0);
    const alone = bench.exchange('fanout');
    for (const one of [exchange, alone]) bench.bind(one, mine);
    bench.bind(exchange, kept);
    bench.publish(exchange, ['first']);
    const { exchange: busy, queue: full } = bench.pair();
    const reader = bench.hands(3, full).grant(1_000);
    for (let round = 0; round < 40; round += 1) {
      bench.publish(busy, ['.'.repeat(segmentBytes / 8)]);
      reader.settleAll('acknowledge');
    }
    expect(bench.hands(0, mine).grant(10).bodies).toEqual(['first']);
    bench.restart();
    expect(bench.contents(kept)).toEqual(['first']);
    expect(bench.publish(alone, ['second'], mandatory)).toEqual(returned);
    const key = (name: string) => [{ body: 'second', key: name }];
    expect(bench.publish(defaultExchange, key('mine'), mandatory)).toEqual(returned);
    expect(bench.publish(defaultExchange, key('kept'), mandatory)).toEqual(confirmed);
  });

  test('with dead letters is refused: they would have to outlive it', () => {
    const bench = new Bench();
    const deadLetterExchange = bench.exchange('fanout');
    expect(bench.queue({ exclusive: true, deadLetterExchange })).toBe(0);
  });
});

const names = ['a', 'b', 'c'] as const;
const sessions = [1, 2] as const;
const step = fc.oneof(
  fc.record({
    do: fc.constantFrom('exclusive' as const, 'shared' as const, 'publish' as const),
    name: fc.constantFrom(...names),
    session: fc.constantFrom(...sessions),
  }),
  fc.record({ do: fc.constant('leave' as const), session: fc.constantFrom(...sessions) }),
  fc.record({ do: fc.constant('restart' as const) }),
);

test('an answer is in the queue it was meant for or comes back, whoever leaves and whatever restarts', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const bench = new Bench();
      const model = new Map<string, { id: number; owner: number | undefined; bodies: string[] }>();
      const forget = (isGone: (owner: number) => boolean): void => {
        for (const [name, { owner }] of model) {
          if (owner !== undefined && isGone(owner)) model.delete(name);
        }
      };
      for (const [at, one] of steps.entries()) {
        if (one.do === 'leave') {
          bench.broker.disconnected(one.session, 0);
          forget((owner) => owner === one.session);
        } else if (one.do === 'restart') {
          bench.restart();
          forget(() => true);
        } else if (one.do === 'publish') {
          const letters = [{ body: `${at}`, key: one.name }];
          const queue = model.get(one.name);
          const got = bench.publish(defaultExchange, letters, mandatory);
          expect(got).toEqual(queue === undefined ? returned : confirmed);
          queue?.bodies.push(`${at}`);
        } else {
          const exclusive = one.do === 'exclusive';
          const id = bench.queue({ name: one.name, exclusive }, one.session);
          expect(id === 0).toBe(model.has(one.name));
          const owner = exclusive ? one.session : undefined;
          if (id !== 0) model.set(one.name, { id, owner, bodies: [] });
        }
      }
      for (const { id, owner, bodies } of model.values()) {
        const reader = bench.hands(owner ?? 9, id).grant(1_000);
        expect(reader.bodies).toEqual(bodies);
      }
    }),
  );
});
