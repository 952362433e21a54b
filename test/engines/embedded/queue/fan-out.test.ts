import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  accepts,
  type MessageFilter,
} from '../../../../engines/embedded/protocol/message-filter.ts';
import { Status } from '../../../../engines/embedded/protocol/protocol.ts';
import { DrivenQueue } from './driven-queue.ts';

const all: MessageFilter = [];
const red: MessageFilter = [{ header: 'colour', is: 'one-of', values: ['red'] }];
const inColour = (...colours: string[]): { body: string; headers: { colour: string } }[] =>
  colours.map((colour) => ({ body: colour, headers: { colour } }));

describe('a topic', () => {
  test('gives every queue its own copies, which are settled apart', () => {
    const q = new DrivenQueue();
    const other = q.create('other', {});
    const topic = q.createTopic(
      't',
      new Map([
        [q.queue, all],
        [other, all],
      ]),
    );
    const ids = q.send([{ body: 'a' }, { body: 'b' }], topic);
    const copies = q.receive().copies ?? [];
    expect(copies.map(({ id, body }) => [id, body])).toEqual([
      [ids[0], 'a'],
      [ids[1], 'b'],
    ]);
    q.remove(copies);
    expect(q.bodies({ queue: other })).toEqual(['a', 'b']);
  });

  test('gives a queue what its filter takes, and nothing to nobody', () => {
    const q = new DrivenQueue();
    const other = q.create('other', {});
    const topic = q.createTopic(
      't',
      new Map([
        [q.queue, red],
        [other, all],
      ]),
    );
    expect(q.send(inColour('blue', 'red'), topic)[0]).toBe(0);
    expect(q.bodies()).toEqual(['red']);
    expect(q.bodies({ queue: other })).toEqual(['blue', 'red']);
    expect(q.send([{ body: 'x' }], q.createTopic('of nobody', new Map()))).toEqual([0]);
  });

  test('that a queue is attached to again uses its last filter, and deleted queues are forgotten', () => {
    const q = new DrivenQueue();
    const topic = q.createTopic('t', new Map([[q.queue, red]]));
    q.broker.directory.attach(topic, q.queue, all, () => {});
    q.send(inColour('blue'), topic);
    expect(q.bodies()).toEqual(['blue']);
    q.broker.directory.deleteQueue(q.queue, () => {});
    expect(q.send(inColour('red'), topic)).toEqual([0]);
  });

  test('lets each queue keep groups and recognise copies as it does', () => {
    const fifo = { order: 'message-groups', deduplication: { by: 'id', windowMs: 50 } } as const;
    const q = new DrivenQueue(fifo);
    const late = q.create('late', fifo);
    const topic = q.createTopic('t', new Map([[q.queue, all]]));
    const letter = { body: '1', group: 'g', deduplicationId: 'one' };
    const [first] = q.send([letter], topic) as [number];
    q.broker.directory.attach(topic, late, all, () => {});
    expect(q.send([letter, { ...letter, body: '2', deduplicationId: 'two' }], topic)[0]).toBe(
      first,
    );
    expect(q.bodies({ maxMessages: 1 })).toEqual(['1']);
    expect(q.bodies()).toEqual([]);
    expect(q.bodies({ queue: late })).toEqual(['1', '2']);
  });

  test('refuses what one of its queues cannot take, and then gives it to none', () => {
    const q = new DrivenQueue({ order: 'message-groups' });
    const standard = q.create('standard', {});
    const topic = q.createTopic(
      't',
      new Map([
        [q.queue, all],
        [standard, all],
      ]),
    );
    expect(q.trySend([{ body: 'x', group: 'g' }], topic).answer).toMatchObject({
      status: Status.badRequest,
      reason: 'the queue has no message groups',
    });
    expect(q.depth()).toEqual({ ready: 0, inFlight: 0 });
  });

  test('shows a message in no queue before it is committed, and then in all', () => {
    const q = new DrivenQueue({}, { fsync: { kind: 'every-batch' } });
    const other = q.create('other', {});
    const topic = q.createTopic(
      't',
      new Map([
        [q.queue, all],
        [other, all],
      ]),
    );
    const polls = [q.queue, other].map((queue) =>
      q.receive({ queue, maxWaitMs: 1000, mode: { kind: 'lease', leaseMs: 9 } }),
    );
    q.storage.held = [];
    q.trySend([{ body: 'x' }], topic);
    expect(polls.map(({ copies }) => copies)).toEqual([undefined, undefined]);
    while (q.storage.held.length > 0) q.storage.held.splice(0).forEach((done) => done(null));
    expect(polls.map(({ copies }) => copies?.[0]?.body)).toEqual(['x', 'x']);
  });

  test('and its queues survive a restart with what they had', () => {
    const q = new DrivenQueue();
    const other = q.create('other', {});
    const topic = q.createTopic(
      't',
      new Map([
        [q.queue, red],
        [other, all],
      ]),
    );
    q.send(inColour('blue', 'red'), topic);
    q.restart();
    q.send(inColour('red', 'green'), topic);
    expect(q.bodies()).toEqual(['red', 'red']);
    expect(q.bodies({ queue: other })).toEqual(['blue', 'red', 'red', 'green']);
    expect(() => q.create('t', {})).toThrow('exists');
  });

  test('a full disk refuses a send, and no queue has any of it', () => {
    const q = new DrivenQueue();
    const other = q.create('other', {});
    const topic = q.createTopic(
      't',
      new Map([
        [q.queue, all],
        [other, all],
      ]),
    );
    q.storage.room = 0;
    expect(() => q.send([{ body: 'x' }], topic)).toThrow(/cannot be written/);
    expect([q.depth().ready, q.depth(other).ready]).toEqual([0, 0]);
  });
});

describe('a filter', () => {
  const one = (is: MessageFilter[number]['is'], ...values: string[]): MessageFilter => [
    { header: 'colour', is, values },
  ];

  test.each([
    [one('one-of', 'red', 'blue'), { colour: 'blue' }, true],
    [one('one-of', 'red'), { colour: 'blue' }, false],
    [one('none-of', 'red'), { colour: 'blue' }, true],
    [one('none-of', 'red'), { colour: 'red' }, false],
    [one('none-of', 'red'), undefined, false],
    [one('prefix-of', 'r', 'b'), { colour: 'blue' }, true],
    [one('prefix-of', 'r'), { colour: 'blue' }, false],
    [one('present'), { colour: '' }, true],
    [one('present'), { size: '1' }, false],
    [one('absent'), undefined, true],
    [one('absent'), { colour: '' }, false],
    [
      one('one-of', 'toString'),
      Object.create({ colour: 'toString' }) as Record<string, string>,
      false,
    ],
    [all, undefined, true],
  ])('%j on %j: %s', (filter, headers, expected) => {
    expect(accepts(filter, headers)).toBe(expected);
  });

  test('of several conditions takes what each of them takes', () => {
    const value = fc.constantFrom('a', 'ab', 'b');
    const condition = fc.record({
      header: fc.constantFrom('x', 'y'),
      is: fc.constantFrom(
        'one-of' as const,
        'none-of' as const,
        'prefix-of' as const,
        'present' as const,
        'absent' as const,
      ),
      values: fc.array(value, { maxLength: 2 }),
    });
    const headers = fc.dictionary(fc.constantFrom('x', 'y'), value);
    fc.assert(
      fc.property(fc.array(condition, { maxLength: 3 }), headers, (filter, of) => {
        expect(accepts(filter, of)).toBe(filter.every((part) => accepts([part], of)));
      }),
    );
  });
});
