import { describe, expect, test } from 'vitest';
import { Status } from '../../../../engines/embedded/protocol/protocol.ts';
import { ProtocolError } from '../../../../engines/embedded/protocol/bytes.ts';
import { BatchView, encodeBatch } from '../../../../engines/embedded/protocol/batch.ts';
import { Bench } from './bench.ts';

describe('exchanges', () => {
  test('direct: the key of the binding is the key of the message', () => {
    const bench = new Bench();
    const exchange = bench.exchange('direct');
    const [red, blue] = [bench.queue(), bench.queue()];
    bench.bind(exchange, red, { key: 'red' });
    bench.bind(exchange, blue, { key: 'blue' });
    bench.publish(exchange, [
      { body: '1', key: 'red' },
      { body: '2', key: 'blue' },
      { body: '3', key: 'Red' },
    ]);
    expect([bench.contents(red), bench.contents(blue)]).toEqual([['1'], ['2']]);
  });

  test('fanout: every queue that is bound gets a copy of its own', () => {
    const bench = new Bench();
    const exchange = bench.exchange('fanout');
    const queues = [bench.queue(), bench.queue(), bench.queue()];
    for (const queue of queues.slice(0, 2)) bench.bind(exchange, queue);
    bench.publish(exchange, ['x']);
    bench
      .hands(1, queues[0] ?? 0)
      .grant(1)
      .settleAll('acknowledge');
    expect(queues.map((queue) => bench.contents(queue))).toEqual([[], ['x'], []]);
  });

  test('topic: a queue gets one copy, however many of its bindings match', () => {
    const bench = new Bench();
    const exchange = bench.exchange('topic');
    const queue = bench.queue();
    for (const key of ['#', 'a.*', 'a.b']) bench.bind(exchange, queue, { key });
    bench.publish(exchange, [{ body: 'x', key: 'a.b' }]);
    expect(bench.contents(queue)).toEqual(['x']);
  });

  test('headers: all or any of the pairs must agree', () => {
    const bench = new Bench();
    const exchange = bench.exchange('headers');
    const [every, some] = [bench.queue(), bench.queue()];
    const headers = { kind: 'order', region: 'eu' };
    bench.bind(exchange, every, { match: 'all', headers });
    bench.bind(exchange, some, { match: 'any', headers });
    bench.publish(exchange, [
      { body: 'both', headers: { ...headers, more: '1' } },
      { body: 'one', headers: { kind: 'order', region: 'us' } },
      { body: 'none', headers: { kind: 'invoice' } },
      { body: 'bare' },
    ]);
    expect(bench.contents(every)).toEqual(['both']);
    expect(bench.contents(some)).toEqual(['both', 'one']);
  });

  test('a binding that was taken away gives nothing more, and keeps what it gave', () => {
    const bench = new Bench();
    const { exchange, queue } = bench.pair();
    bench.publish(exchange, ['before']);
    bench.broker.unbind(
      0,
      { exchange, queue, spec: { key: '', match: 'all', headers: {} } },
      () => {},
    );
    bench.publish(exchange, ['after']);
    expect(bench.contents(queue)).toEqual(['before']);
  });
});

describe('a message that no binding wants', () => {
  test('goes to the alternate exchange, and to the alternate’s alternate', () => {
    const bench = new Bench();
    const last = bench.pair();
    const middle = bench.exchange('direct', last.exchange);
    const first = bench.exchange('direct', middle);
    const answer = bench.publish(first, [{ body: 'x', key: 'nowhere' }], { mandatory: true });
    expect(bench.contents(last.queue)).toEqual(['x']);
    expect(answer).toEqual({ status: Status.ok, returned: [], refused: [] });
  });

  test('stays with the first exchange when one of its bindings does want it', () => {
    const bench = new Bench();
    const alternate = bench.pair();
    const exchange = bench.exchange('direct', alternate.exchange);
    const queue = bench.queue();
    bench.bind(exchange, queue, { key: 'k' });
    bench.publish(exchange, [{ body: 'x', key: 'k' }]);
    expect([bench.contents(queue), bench.contents(alternate.queue)]).toEqual([['x'], []]);
  });

  test('comes back when it is mandatory, and is confirmed and dropped when it is not', () => {
    const bench = new Bench();
    const exchange = bench.exchange('direct');
    const queue = bench.queue();
    bench.bind(exchange, queue, { key: 'k' });
    const letters = [{ body: 'lost' }, { body: 'kept', key: 'k' }, { body: 'lost too' }];
    expect(bench.publish(exchange, letters, { mandatory: true })).toEqual({
      status: Status.ok,
      returned: [0, 2],
      refused: [],
    });
    expect(bench.publish(exchange, ['x'])).toEqual({
      status: Status.ok,
      returned: [],
      refused: [],
    });
    expect(bench.contents(queue)).toEqual(['kept']);
  });
});

describe('a request about what is not there', () => {
  test('is refused with its reason', () => {
    const bench = new Bench();
    expect(bench.publish(77, ['x'])).toMatchObject({ status: Status.unknownDestination });
    expect(bench.exchange('direct', 77)).toBe(0);
    expect(bench.queue({ deadLetterExchange: 77 })).toBe(0);
    expect(() => bench.hands(1, 77)).toThrow('no such queue');
    expect(bench.depth(77)).toBeUndefined();
    expect(bench.broker.grant(1, 77, 1, 0)).toMatchObject({ status: Status.unknownConsumer });
  });

  test('a name is given once', () => {
    const bench = new Bench();
    expect(bench.queue({ name: 'q' })).toBe(1);
    expect(bench.queue({ name: 'q' })).toBe(0);
    bench.broker.deleteQueue(0, 1, () => {});
    expect(bench.queue({ name: 'q' })).toBe(2);
  });

  test('headers that are none are refused before anything of their batch is stored', () => {
    const bench = new Bench();
    const { exchange, queue } = bench.pair();
    const good = { key: undefined, headers: undefined, body: Buffer.from('good') };
    const bad = { ...good, headers: Buffer.from([0, 9]) };
    const batch = BatchView.parse(encodeBatch([good, bad]));
    const request = { exchange, mandatory: false, persistent: true, priority: 0 };
    expect(() => bench.broker.publish(request, batch, 0, () => {})).toThrow(ProtocolError);
    expect(bench.depth(queue)).toEqual({ ready: 0, inFlight: 0 });
  });
});
