import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entriesFrom, type EntryRun } from '../../../engines/log/simulation/member-events.ts';
import {
  eachMessage,
  messagesFrom,
  messagesIn,
  takeFront,
} from '../../../engines/log/simulation/message-runs.ts';
import { BatchView, encodeBatch } from '../../../engines/embedded/protocol/batch.ts';
import { encodeMessage } from '../../../engines/embedded/simulation/message.ts';

const run = fc.record({
  lane: fc.nat({ max: 2 }),
  seq: fc.nat({ max: 9 }),
  partition: fc.nat({ max: 2 }),
  offset: fc.nat({ max: 99 }),
  count: fc.integer({ min: 1, max: 5 }),
});

function entriesOf(runs: readonly EntryRun[]): readonly unknown[] {
  return runs.flatMap((one) =>
    eachMessage(one).map((message, at) => {
      return { ...message, partition: one.partition, offset: one.offset + at };
    }),
  );
}

describe('a list of runs of messages', () => {
  it('gives the messages in front as a list of messages does', () => {
    fc.assert(
      fc.property(fc.array(run, { maxLength: 5 }), fc.nat({ max: 20 }), (runs, most) => {
        const all = entriesOf(runs);
        const list = [...runs];
        const taken = takeFront(list, most, entriesFrom);
        expect(entriesOf(taken)).toEqual(all.slice(0, most));
        expect(entriesOf(list)).toEqual(all.slice(most));
        expect(messagesIn(taken)).toBe(Math.min(most, all.length));
      }),
    );
  });

  it('is found in a batch as far as its messages follow each other', () => {
    const bodies = [
      encodeMessage({ lane: 1, seq: 7 }),
      encodeMessage({ lane: 1, seq: 8 }),
      encodeMessage({ lane: 1, seq: 10 }),
      encodeMessage({ lane: 2, seq: 11 }),
      Buffer.from('no message'),
    ];
    const messages = bodies.map((body) => ({ key: undefined, headers: undefined, body }));
    const batch = BatchView.trusted(encodeBatch(messages));
    const found = bodies.map((_, index) => messagesFrom(batch, index));
    expect(found).toEqual([
      { lane: 1, seq: 7, count: 2 },
      { lane: 1, seq: 8, count: 1 },
      { lane: 1, seq: 10, count: 1 },
      { lane: 2, seq: 11, count: 1 },
      undefined,
    ]);
  });
});
