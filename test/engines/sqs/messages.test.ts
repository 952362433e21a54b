import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SendLane } from '../../../engines/aws/send-lane.ts';
import { contentOf, entryOf } from '../../../engines/sqs/messages.ts';
import { profiles } from '../../../engines/sqs/profiles.ts';
import { sendLimit } from '../../../engines/sqs/traits.ts';
import { outgoing } from '../live-cell.ts';

const standard = profiles.standard.options;
const fifo = profiles.fifo.options;

describe('a message and its entry', () => {
  test('whatever bytes a body has, and whatever a header says, comes back', () => {
    const header = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(fc.uint8Array(), fc.dictionary(fc.string(), header), (bytes, headers) => {
        const body = Buffer.from(bytes);
        const { MessageBody, MessageAttributes } = entryOf(
          { ...outgoing(1, ''), body, headers },
          standard,
          'own',
        );
        const back = contentOf({ Body: MessageBody, MessageAttributes });
        expect(back.body.equals(body)).toBe(true);
        expect(back.headers ?? {}).toEqual({ ...headers });
      }),
    );
  });

  test('a delay is a whole number of seconds, never an earlier one', () => {
    const entry = entryOf(outgoing(1, 'late', { delayMs: 1_001 }), standard, 'own');
    expect(entry.DelaySeconds).toBe(2);
    expect(entryOf(outgoing(1, 'now'), standard, 'own').DelaySeconds).toBeUndefined();
  });

  test('without a group or an id of its own it is alone, and no copy of another', () => {
    const named = { group: 'g', deduplicationId: 'd' };
    expect(entryOf(outgoing(1, 'x'), fifo, 'own')).toMatchObject({
      MessageGroupId: 'own',
      MessageDeduplicationId: 'own',
    });
    expect(entryOf(outgoing(1, 'x', named), fifo, 'own')).toMatchObject({
      MessageGroupId: 'g',
      MessageDeduplicationId: 'd',
    });
    expect(entryOf(outgoing(1, 'x', named), standard, 'own')).not.toHaveProperty('MessageGroupId');
  });

  test('one that somebody else sent may lack everything', () => {
    const content = contentOf({});
    expect(content).toMatchObject({ attempt: 1, redelivered: false, headers: undefined });
    expect(content.body).toHaveLength(0);
  });
});

describe('a lane cuts calls', () => {
  const waiting = (ticket: number, destination: number, bytes: number) => ({
    ticket,
    destination,
    bytes,
    entry: entryOf(outgoing(ticket, 'x'), standard, 'own'),
    isOrdered: false,
  });

  test('of as many messages and bytes as one takes, to one queue, in their order', () => {
    const size = fc.integer({ min: 1, max: sendLimit.bytes });
    const message = fc.tuple(fc.integer({ min: 0, max: 1 }), size);
    fc.assert(
      fc.property(fc.array(message), (messages) => {
        const lane = new SendLane<unknown>(sendLimit);
        for (const [ticket, [destination, bytes]] of messages.entries()) {
          lane.push(waiting(ticket, destination, bytes));
        }
        const tickets: number[] = [];
        for (let call = lane.cut(); call.length > 0; call = lane.cut()) {
          tickets.push(...call.map(({ ticket }) => ticket));
          expect(call.length).toBeLessThanOrEqual(sendLimit.messages);
          expect(new Set(call.map(({ destination }) => destination)).size).toBe(1);
          const bytes = call.reduce((sum, one) => sum + one.bytes, 0);
          expect(bytes).toBeLessThanOrEqual(sendLimit.bytes);
        }
        expect(tickets).toEqual([...messages.keys()]);
      }),
    );
  });
});
