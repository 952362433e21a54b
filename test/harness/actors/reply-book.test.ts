import { describe, expect, it } from 'vitest';
import { correlationOf, ReplyBook, withCorrelation } from '../../../harness/actors/reply-book.ts';
import { emptyHeader, type MessageHeader } from '../../../harness/core/message-header.ts';

const keys = 4;
/** The answer to the request of that number, where keys take turns. */
const answers = (number: number): MessageHeader => ({
  ...emptyHeader(),
  parentLane: 2 * keys + (number % keys),
  parentSeq: Math.floor(number / keys),
});
const tagged = (number: number) => {
  const { parentLane, parentSeq } = answers(number);
  return { headers: withCorrelation(correlationOf(parentLane, parentSeq)) };
};
const untagged = { headers: undefined };

describe('a requester that knows its replies by their correlation ids', () => {
  it('finds the request of each, in whatever order they come', () => {
    const book = new ReplyBook('correlation-id', keys);
    for (const number of [5, 0, 4, 1, 3, 2]) book.received(tagged(number), answers(number));
    expect(book.record()).toMatchObject({ received: 6, own: 6, others: 0, unidentified: 0 });
  });

  it('sees that an answer came with the id of another request', () => {
    const book = new ReplyBook('correlation-id', keys);
    book.received(tagged(1), answers(0));
    expect(book.record()).toMatchObject({ received: 1, own: 0, others: 1 });
  });

  it('knows nothing of a reply without one', () => {
    const book = new ReplyBook('correlation-id', keys);
    book.received(untagged, answers(0));
    expect(book.record()).toMatchObject({ own: 0, others: 0, unidentified: 1 });
  });

  it('counts a request once that was answered twice', () => {
    const book = new ReplyBook('correlation-id', keys);
    book.received(tagged(3), answers(3));
    book.received(tagged(3), answers(3));
    expect(book.record()).toMatchObject({ received: 2, own: 1 });
  });
});

describe('a requester that knows its replies by their turn', () => {
  it('is right while they come in the order of its requests', () => {
    const book = new ReplyBook('turn', keys);
    for (let number = 0; number < 9; number += 1) book.received(untagged, answers(number));
    expect(book.record()).toMatchObject({ received: 9, own: 9, others: 0 });
  });

  it('takes replies for those to others when one overtakes another', () => {
    const book = new ReplyBook('turn', keys);
    for (const number of [1, 0, 2]) book.received(untagged, answers(number));
    expect(book.record()).toMatchObject({ own: 1, others: 2 });
  });
});
