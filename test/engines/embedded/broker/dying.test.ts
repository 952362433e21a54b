import { describe, expect, test } from 'vitest';
import { Status } from '../../../../engines/embedded/protocol/protocol.ts';
import { Bench } from './bench.ts';

describe('dead letters', () => {
  test('a rejected message goes to the dead-letter exchange and says why; the others stay', () => {
    const bench = new Bench();
    const grave = bench.pair();
    const { exchange, queue } = bench.pair({ name: 'q', deadLetterExchange: grave.exchange });
    const hands = bench.hands(1, queue).grant(2);
    bench.publish(exchange, [{ body: 'poison', headers: { own: 'x' } }, 'food']);
    expect(hands.settle('reject', [1])).toEqual([Status.ok]);
    hands.leave();
    const [found] = bench.hands(2, grave.queue).grant(1).got;
    expect(found).toMatchObject({
      body: 'poison',
      attempt: 1,
      headers: {
        own: 'x',
        'x-last-death-reason': 'rejected',
        'x-last-death-queue': 'q',
        'x-delivery-count': '1',
      },
    });
    expect(bench.contents(queue)).toEqual(['food']);
  });

  test('they are routed by their own key, and dropped where no binding wants them', () => {
    const bench = new Bench();
    const graves = bench.exchange('direct');
    const grave = bench.queue();
    bench.bind(graves, grave, { key: 'k' });
    const { exchange, queue } = bench.pair({ deadLetterExchange: graves });
    bench.publish(exchange, [{ body: 'kept', key: 'k' }, 'dropped']);
    bench.hands(1, queue).grant(2).settleAll('reject');
    expect([bench.contents(grave), bench.contents(queue)]).toEqual([['kept'], []]);
  });

  test('without a dead-letter exchange a rejected message is gone, also for a restarted broker', () => {
    const bench = new Bench();
    const { exchange, queue } = bench.pair();
    bench.publish(exchange, ['a', 'b']);
    bench.hands(1, queue).grant(1).settleAll('reject');
    bench.restart();
    expect(bench.contents(queue)).toEqual(['b']);
  });

  test('a message that would come back to where it died is dropped, unless it was rejected', () => {
    const bench = new Bench();
    const [here, there] = [bench.exchange('fanout'), bench.exchange('fanout')];
    const first = bench.queue({ messageTtlMs: 10, deadLetterExchange: there });
    const second = bench.queue({ messageTtlMs: 10, deadLetterExchange: here });
    bench.bind(here, first);
    bench.bind(there, second);
    bench.publish(here, ['x']);
    expect(bench.at(10).contents(second)).toEqual(['x']);
    expect(bench.at(20).contents(first)).toEqual([]);
    bench.publish(here, ['y']);
    bench.hands(1, first).grant(1).settleAll('reject');
    expect(bench.at(30).contents(first)).toEqual(['y']);
  });

  test('two full queues that bury in each other come to rest', () => {
    const bench = new Bench();
    const [here, there] = [bench.exchange('fanout'), bench.exchange('fanout')];
    const first = bench.queue({ maxLength: 2, deadLetterExchange: there });
    const second = bench.queue({ maxLength: 2, deadLetterExchange: here });
    bench.bind(here, first);
    bench.bind(there, second);
    for (let index = 0; index < 50; index += 1) bench.publish(here, [`${index}`]);
    expect(bench.depth(first)).toEqual({ ready: 2, inFlight: 0 });
    expect(bench.depth(second)).toEqual({ ready: 2, inFlight: 0 });
  });

  test('a death is one step: a disk without room leaves the message where it was', () => {
    const bench = new Bench();
    const grave = bench.pair();
    const { exchange, queue } = bench.pair({ deadLetterExchange: grave.exchange });
    bench.publish(exchange, ['x']);
    const hands = bench.hands(1, queue).grant(1);
    bench.storage.room = 0;
    expect(() => hands.settle('reject', [1])).toThrow('cannot be written');
    bench.storage.room = Number.POSITIVE_INFINITY;
    expect(bench.depth(queue)).toEqual({ ready: 0, inFlight: 1 });
    expect(hands.settle('reject', [1])).toEqual([Status.ok]);
    expect(bench.contents(grave.queue)).toEqual(['x']);
  });
});

describe('the delivery limit', () => {
  test('bounds how often a message is handed out, across restarts', () => {
    const bench = new Bench();
    const grave = bench.pair();
    const { exchange, queue } = bench.pair({
      deliveryLimit: 3,
      deadLetterExchange: grave.exchange,
    });
    bench.publish(exchange, ['poison', 'food']);
    bench.hands(1, queue).grant(1).settleAll('requeue');
    bench.hands(2, queue).grant(1).leave();
    bench.restart();
    const hands = bench.hands(3, queue).grant(1);
    expect(hands.got).toMatchObject([{ body: 'poison', attempt: 3 }]);
    hands.settleAll('requeue');
    expect(hands.grant(1).bodies).toEqual(['food']);
    const [found] = bench.hands(4, grave.queue).grant(1).got;
    expect(found).toMatchObject({
      body: 'poison',
      headers: { 'x-last-death-reason': 'delivery_limit', 'x-delivery-count': '3' },
    });
  });
});

describe('the time to live', () => {
  test('ends to the millisecond while a message waits, and not in a consumer’s hands', () => {
    const bench = new Bench();
    const grave = bench.pair();
    const { exchange, queue } = bench.pair({
      messageTtlMs: 100,
      deadLetterExchange: grave.exchange,
    });
    bench.publish(exchange, ['a', 'b']);
    const hands = bench.hands(1, queue).grant(1);
    expect(bench.broker.nextWakeMs()).toBe(100);
    expect(bench.at(99).depth(queue)).toEqual({ ready: 1, inFlight: 1 });
    expect(bench.at(100).depth(queue)).toEqual({ ready: 0, inFlight: 1 });
    expect(bench.contents(grave.queue)).toEqual(['b']);
    hands.leave();
    expect(bench.contents(grave.queue)).toEqual(['a', 'b'].toReversed());
  });

  test('begins anew with a restart, whose clock has nothing to do with the one before', () => {
    const bench = new Bench();
    const { exchange, queue } = bench.pair({ messageTtlMs: 100 });
    bench.at(5_000).publish(exchange, ['a']);
    bench.restart();
    bench.at(7);
    expect(bench.at(106).contents(queue)).toEqual(['a']);
    expect(bench.at(107).contents(queue)).toEqual([]);
  });
});

describe('the largest length', () => {
  test('drop-head: the oldest that wait give way', () => {
    const bench = new Bench();
    const grave = bench.pair();
    const { exchange, queue } = bench.pair({ maxLength: 2, deadLetterExchange: grave.exchange });
    const hands = bench.hands(1, queue).grant(1);
    bench.publish(exchange, ['held', 'a', 'b', 'c', 'd']);
    expect(hands.bodies).toEqual(['held']);
    expect(bench.contents(grave.queue)).toEqual(['a', 'b']);
    expect(bench.contents(queue)).toEqual(['c', 'd']);
  });

  test('reject-publish: what comes is stored nowhere, although another queue has room', () => {
    const bench = new Bench();
    const exchange = bench.exchange('fanout');
    const full = bench.queue({ maxLength: 2, overflow: 'reject-publish' });
    const roomy = bench.queue();
    for (const queue of [full, roomy]) bench.bind(exchange, queue);
    expect(bench.publish(exchange, ['a', 'b', 'c'])).toMatchObject({ refused: [2] });
    expect([bench.contents(full), bench.contents(roomy)]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  test('what is stored and not yet committed counts', () => {
    const bench = new Bench({ fsync: { kind: 'every-batch' } });
    const { exchange, queue } = bench.pair({ maxLength: 1, overflow: 'reject-publish' });
    bench.storage.held = [];
    bench.publish(exchange, ['a']);
    expect(bench.publish(exchange, ['b'])).toMatchObject({ refused: [0] });
    expect(bench.depth(queue)).toEqual({ ready: 1, inFlight: 0 });
  });
});

describe('priorities', () => {
  test('go before age, and those beyond the queue’s highest count as it', () => {
    const bench = new Bench();
    const { exchange, queue } = bench.pair({ maxPriority: 5 });
    bench.publish(exchange, ['low'], { priority: 0 });
    bench.publish(exchange, ['high'], { priority: 5 });
    bench.publish(exchange, ['beyond'], { priority: 9 });
    bench.publish(exchange, ['mid'], { priority: 3 });
    expect(bench.contents(queue)).toEqual(['high', 'beyond', 'mid', 'low']);
  });
});
