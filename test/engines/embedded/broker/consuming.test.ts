import { describe, expect, test } from 'vitest';
import { Status } from '../../../../engines/embedded/protocol/protocol.ts';
import { Bench } from './bench.ts';

describe('credit and prefetch', () => {
  test('nothing comes without credit, and never more than the prefetch is held', () => {
    const bench = new Bench();
    const { exchange, queue } = bench.pair();
    const hands = bench.hands(1, queue, { prefetch: 2 });
    bench.publish(exchange, ['a', 'b', 'c', 'd']);
    expect(hands.bodies).toEqual([]);
    hands.grant(3);
    expect(hands.bodies).toEqual(['a', 'b']);
    expect(bench.depth(queue)).toEqual({ ready: 2, inFlight: 2 });
    hands.settle('acknowledge', [2]);
    expect(hands.bodies).toEqual(['a', 'b', 'c']);
    hands.settle('acknowledge', [1, 3]);
    expect(hands.bodies).toEqual(['a', 'b', 'c']);
    expect(hands.grant(1).bodies).toEqual(['a', 'b', 'c', 'd']);
  });

  test('automatic: a copy is settled when it is handed out, whatever the prefetch', () => {
    const bench = new Bench();
    const { exchange, queue } = bench.pair();
    const hands = bench.hands(1, queue, { acknowledge: 'automatic', prefetch: 1 }).grant(2);
    bench.publish(exchange, ['a', 'b', 'c']);
    expect(hands.bodies).toEqual(['a', 'b']);
    expect(bench.depth(queue)).toEqual({ ready: 1, inFlight: 0 });
    hands.leave();
    expect(bench.contents(queue)).toEqual(['c']);
    bench.restart();
    expect(bench.contents(queue)).toEqual(['c']);
  });

  test('consumers with room are served by turns', () => {
    const bench = new Bench();
    const { exchange, queue } = bench.pair();
    const [one, other] = [bench.hands(1, queue).grant(10), bench.hands(2, queue).grant(2)];
    bench.publish(exchange, ['a', 'b', 'c', 'd', 'e', 'f']);
    expect([one.bodies, other.bodies]).toEqual([
      ['a', 'c', 'e', 'f'],
      ['b', 'd'],
    ]);
  });
});

describe('settling', () => {
  test('each tag is good once, and for its own consumer', () => {
    const bench = new Bench();
    const { exchange, queue } = bench.pair();
    const [one, other] = [bench.hands(1, queue), bench.hands(2, queue)];
    bench.publish(exchange, ['a', 'b']);
    one.grant(2);
    expect(other.settle('acknowledge', [1])).toEqual([Status.unknownTag]);
    expect(one.settle('acknowledge', [1, 1, 7])).toEqual([
      Status.ok,
      Status.unknownTag,
      Status.unknownTag,
    ]);
    expect(bench.broker.grant(2, one.id, 1, 0)).toMatchObject({ status: Status.unknownConsumer });
    expect(bench.depth(queue)).toEqual({ ready: 0, inFlight: 1 });
  });

  test('a requeued copy takes its old place, says that it comes again, and has a new tag', () => {
    const bench = new Bench();
    const { exchange, queue } = bench.pair();
    const hands = bench.hands(1, queue).grant(3);
    bench.publish(exchange, ['a', 'b', 'c', 'd']);
    hands.settle('requeue', [3, 1]);
    expect(bench.contents(queue)).toEqual(['a', 'c', 'd']);
    hands.grant(1);
    expect(hands.got.at(-1)).toMatchObject({ body: 'a', tag: 4, attempt: 3 });
    expect(hands.settle('acknowledge', [1])).toEqual([Status.unknownTag]);
  });

  test('what a consumer held goes back in order when its connection ends, or when it unsubscribes', () => {
    const bench = new Bench();
    const { exchange, queue } = bench.pair();
    bench.publish(exchange, ['a', 'b', 'c']);
    const [one, other] = [bench.hands(1, queue).grant(2), bench.hands(2, queue).grant(1)];
    one.leave();
    expect(bench.contents(queue)).toEqual(['a', 'b']);
    expect(bench.broker.unsubscribe(2, other.id, 0)).toEqual({ status: Status.ok });
    expect(bench.contents(queue)).toEqual(['a', 'b', 'c']);
    expect(other.settle('acknowledge', [1])).toEqual([Status.unknownConsumer]);
  });

  test('an acknowledgement is answered when it is committed', () => {
    const bench = new Bench({ fsync: { kind: 'every-batch' } });
    const { exchange, queue } = bench.pair();
    bench.publish(exchange, ['a']);
    const hands = bench.hands(1, queue).grant(1);
    bench.storage.held = [];
    let answered = false;
    const request = { consumer: hands.id, how: 'acknowledge', tags: [1] } as const;
    bench.broker.settle(1, request, 0, () => {
      answered = true;
    });
    expect(answered).toBe(false);
    bench.sync();
    expect(answered).toBe(true);
  });

  test('a copy leaves for nobody before its delivery is committed', () => {
    const bench = new Bench({ fsync: { kind: 'every-batch' } });
    const { exchange, queue } = bench.pair();
    bench.publish(exchange, ['a', 'b']);
    bench.storage.held = [];
    const gone = bench.hands(1, queue).grant(1);
    const stays = bench.hands(2, queue).grant(1);
    gone.leave();
    expect([gone.bodies, stays.bodies]).toEqual([[], []]);
    bench.sync();
    expect([gone.bodies, stays.bodies]).toEqual([[], ['b']]);
  });
});

describe('a full disk', () => {
  test('hands out nothing, and everything in order when there is room again', () => {
    const bench = new Bench();
    const { exchange, queue } = bench.pair();
    bench.publish(exchange, ['a', 'b', 'c']);
    bench.storage.room = 0;
    const [one, other] = [bench.hands(1, queue).grant(2), bench.hands(2, queue).grant(2)];
    expect([one.bodies, other.bodies, bench.depth(queue)]).toEqual([
      [],
      [],
      { ready: 3, inFlight: 0 },
    ]);
    bench.storage.room = Number.POSITIVE_INFINITY;
    expect(bench.broker.nextWakeMs()).toBe(100);
    bench.at(99);
    expect(one.bodies).toEqual([]);
    bench.at(100);
    expect([one.bodies, other.bodies].flat().toSorted()).toEqual(['a', 'b', 'c']);
    expect(bench.broker.nextWakeMs()).toBeUndefined();
  });
});

describe('who consumes', () => {
  test('of a single-active queue the first consumer alone, until it ends', () => {
    const bench = new Bench();
    const { exchange, queue } = bench.pair({ singleActiveConsumer: true });
    const [first, second] = [bench.hands(1, queue).grant(1), bench.hands(2, queue).grant(9)];
    bench.publish(exchange, ['a', 'b']);
    expect([first.bodies, second.bodies]).toEqual([['a'], []]);
    first.leave();
    expect(second.got).toMatchObject([
      { body: 'a', attempt: 2 },
      { body: 'b', attempt: 1 },
    ]);
  });

  test('an exclusive consumer is alone', () => {
    const bench = new Bench();
    const { queue } = bench.pair();
    const first = bench.hands(1, queue);
    expect(() => bench.hands(2, queue, { exclusive: true })).toThrow('has consumers already');
    first.leave();
    bench.hands(2, queue, { exclusive: true });
    expect(() => bench.hands(3, queue)).toThrow('an exclusive consumer');
  });

  test('the consumers of a deleted queue are told', () => {
    const bench = new Bench();
    const { exchange, queue } = bench.pair();
    const hands = bench.hands(1, queue).grant(1);
    bench.broker.deleteQueue(0, queue, () => {});
    expect(hands.cancelled).toBe(true);
    expect(bench.publish(exchange, ['x'], { mandatory: true })).toMatchObject({ returned: [0] });
  });
});
