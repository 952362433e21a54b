import { MultipleErrors, ResponseError } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import { outOfRange } from '../../../engines/kafka/records.ts';

const outOfRangeCode = 1;

/** What the client throws of an answer to a fetch: it is held by the error of each attempt. */
function refusal(...codes: readonly number[]): Error {
  const partitions = codes.map((errorCode, partitionIndex) => ({ partitionIndex, errorCode }));
  const answer = { responses: [{ topicId: 't', partitions }] };
  const errors: Record<string, [number, null]> = {};
  for (const [at, code] of codes.entries()) {
    if (code !== 0) errors[`/responses/0/partitions/${at}`] = [code, null];
  }
  return new MultipleErrors('Fetch failed.', [new ResponseError(1, 17, errors, answer)]);
}

describe('the positions that a broker has no record for', () => {
  it('are those that its answer says so of, and no others of the same answer', () => {
    expect(outOfRange(refusal(0, outOfRangeCode, 0, outOfRangeCode))).toEqual([1, 3]);
  });

  it('are none where it refused for another reason, or did not answer', () => {
    const notLeader = 6;
    expect(outOfRange(refusal(notLeader, 0))).toEqual([]);
    expect(outOfRange(new Error('connection reset'))).toEqual([]);
    expect(outOfRange(null)).toEqual([]);
  });
});
