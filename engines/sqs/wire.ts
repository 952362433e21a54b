import { httpWire } from '../aws/http-wire.ts';
import type { Wire } from '../wire.ts';

/** AWS JSON 1.0: the operation is named by a header, and of a batch the answer lists what was stored. */
export const wire: Wire = httpWire((call, answer) => {
  switch (call.headers.get('x-amz-target')) {
    case 'AmazonSQS.SendMessage':
      return 1;
    case 'AmazonSQS.SendMessageBatch':
      return successes(answer.body().toString());
    default:
      return 0;
  }
});

function successes(body: string): number {
  try {
    const { Successful } = JSON.parse(body) as { readonly Successful?: unknown };
    return Array.isArray(Successful) ? Successful.length : 0;
  } catch {
    // Whoever swallows an answer must know that it acknowledges something.
    return 0;
  }
}
