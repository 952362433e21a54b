import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutgoingBatch } from '../../../harness/actors/outgoing-batch.ts';
import { producerSpec } from './stage.ts';

describe('a batch under construction', () => {
  it('has just the messages that were added since it was cleared, whatever it held before', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(sizes, (all) => {
        const batch = new OutgoingBatch(producerSpec({}, { batchMessages: 10 }));
        let ticket = 0;
        for (const size of all) {
          batch.clear();
          const added = Array.from({ length: size }, () => {
            ticket += 1;
            batch.header.seq = ticket;
            batch.add(ticket, ticket % 4);
            return ticket;
          });
          expect(batch.messages.map((message) => message.ticket)).toEqual(added);
          expect(batch.messages).toHaveLength(size);
        }
      }),
    );
  });

  it.each([
    { routing: 'partition', expected: [1, 1, 1, 1, 1] },
    { routing: 'partitions-in-turn', expected: [1, 2, 3, 0, 1] },
    // murmur2('k1') modulo 3, and modulo 4 from the third message on.
    { routing: { by: 'murmur2', first: 3, untilSeq: 2 }, expected: [2, 2, 1, 1, 1] },
  ] as const)('sends a key to $expected by $routing', ({ routing, expected }) => {
    const batch = new OutgoingBatch(producerSpec({}, { routing, scopes: 4 }));
    for (const seq of expected.keys()) {
      batch.header.seq = seq;
      batch.add(seq, 1);
    }
    expect(batch.messages.map(({ partition }) => partition)).toEqual(expected);
  });
});
