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
});
