import { httpWire } from '../aws/http-wire.ts';
import type { Wire } from '../wire.ts';

/** AWS Query: the action is the first of a form's fields, and of a batch the answer lists what was published. */
export const wire: Wire = httpWire((call, answer) => {
  const action = new URLSearchParams(call.body().toString()).get('Action');
  if (action === 'Publish') return 1;
  return action === 'PublishBatch' ? successes(answer.body().toString()) : 0;
});

function successes(xml: string): number {
  const list = /<Successful>([\s\S]*?)<\/Successful>/.exec(xml)?.[1] ?? '';
  return list.split('<member>').length - 1;
}
