import { httpWire } from '../aws/http-wire.ts';
import type { Wire } from '../wire.ts';

/** AWS JSON 1.1: the operation is named by a header; of a batch what was stored has a sequence number in the answer. */
export const wire: Wire = httpWire((call, answer) => {
  switch (call.headers.get('x-amz-target')) {
    case 'Kinesis_20131202.PutRecord':
      return 1;
    case 'Kinesis_20131202.PutRecords':
      return stored(answer.body().toString());
    default:
      return 0;
  }
});

function stored(body: string): number {
  try {
    const { Records } = JSON.parse(body) as {
      readonly Records?: readonly { readonly SequenceNumber?: string }[];
    };
    if (!Array.isArray(Records)) return 0;
    return Records.filter((entry) => typeof entry?.SequenceNumber === 'string').length;
  } catch {
    // Whoever swallows an answer must know that it acknowledges something.
    return 0;
  }
}
