import { DeleteMessageCommand } from '@aws-sdk/client-sqs';
import {
  answered,
  deviates,
  established,
  judged,
  kept,
  mustRefuse,
  refusalOf,
  refusalText,
} from '../../aws/fidelity/answers.ts';
import { bodiesOf, guide, queueClauses, type QueueKit, reference } from './kit.ts';

const deletePage = `${reference}/API_DeleteMessage.html`;
const receivePage = `${reference}/API_ReceiveMessage.html`;
/** After a lease of a second a message is there again. */
const backMs = 6_000;

export const receipts = queueClauses('Receipts and counts', [
  {
    id: 'receive-count',
    says: 'ApproximateReceiveCount says how often a message was received and not deleted.',
    source: receivePage,
    ask: async (kit) => {
      const url = await kit.queue({ VisibilityTimeout: '1' });
      await kit.send(url, 'one');
      const received = await kit.collect(url, 3, 3 * backMs);
      established(received.length >= 3, 'three receives of a message');
      const counts = received.map(({ Attributes = {} }) => Attributes.ApproximateReceiveCount);
      const request = 'ReceiveMessage three times, visibility timeout 1 s';
      return judged(counts.join() === '1,2,3', request, counts.join(', '));
    },
  },
  {
    id: 'first-received',
    says: 'ApproximateFirstReceiveTimestamp is the time of the first receive, also at the second.',
    source: receivePage,
    ask: async (kit) => {
      const [first, second] = await receivedTwice(kit);
      const times = [first, second].map(
        ({ Attributes = {} }) => Attributes.ApproximateFirstReceiveTimestamp,
      );
      const isSame = times[0] !== undefined && times[0] === times[1];
      return judged(isSame, 'ReceiveMessage twice', times.join(', '));
    },
  },
  {
    id: 'receipt-of-its-own',
    says: 'The receipt handle of a message is another each time it is received.',
    source: deletePage,
    ask: async (kit) => {
      const [first, second] = await receivedTwice(kit);
      const isOther = first.ReceiptHandle !== second.ReceiptHandle;
      return judged(isOther, 'ReceiveMessage twice', isOther ? 'two handles' : 'the same handle');
    },
  },
  {
    id: 'receipt-stale',
    says: 'A delete with a receipt that is not the latest succeeds, and does not delete the message.',
    source: deletePage,
    ask: async (kit) => {
      const [first, , url] = await receivedTwice(kit);
      const request = 'DeleteMessage with the first of two receipts';
      const deleted = await answered(remove(kit, url, first.ReceiptHandle));
      if (deleted.is === 'refused') return refusalOf(request, deleted);
      const again = await kit.collect(url, 1, backMs);
      return again.length > 0
        ? kept(request, 'accepted, and received again')
        : deviates(request, 'accepted, and the message is gone');
    },
  },
  {
    id: 'receipt-expired-fifo',
    says: 'The receipt of a FIFO queue’s message is refused after its visibility timeout.',
    source: receivePage,
    ask: async (kit) => {
      const url = await kit.fifo({ VisibilityTimeout: '1' });
      await kit.sendTo(url, 'g', 'one');
      const { ReceiptHandle } = await kit.first(url);
      await kit.occasion.wait(2_000);
      return mustRefuse(
        'DeleteMessage 2 s after a receive, visibility timeout 1 s',
        await answered(remove(kit, url, ReceiptHandle)),
      );
    },
  },
  {
    id: 'receipt-invalid',
    says: 'What is no receipt handle is refused with ReceiptHandleIsInvalid.',
    source: deletePage,
    ask: async (kit) =>
      mustRefuse(
        'DeleteMessage with ReceiptHandle=nonsense',
        await answered(remove(kit, await kit.queue(), 'nonsense')),
        ['ReceiptHandleIsInvalid'],
      ),
  },
  {
    id: 'delete-in-flight',
    says: 'A message is deleted also while its visibility timeout hides it, and is not received again.',
    source: deletePage,
    ask: async (kit) => {
      const url = await kit.queue({ VisibilityTimeout: '1' });
      await kit.send(url, 'one');
      const { ReceiptHandle } = await kit.first(url);
      const request = 'DeleteMessage, ReceiveMessage 2 s later';
      const deleted = await answered(remove(kit, url, ReceiptHandle));
      if (deleted.is === 'refused') return deviates(request, refusalText(deleted));
      await kit.occasion.wait(2_000);
      const again = await kit.receive(url);
      return judged(again.length === 0, request, bodiesOf(again));
    },
  },
  {
    id: 'message-kept-until-deleted',
    says: 'A message stays in its queue until somebody deletes it.',
    source: `${guide}/sqs-visibility-timeout.html`,
    ask: async (kit) => {
      const url = await kit.queue({ VisibilityTimeout: '1' });
      await kit.send(url, 'one');
      const received = await kit.collect(url, 2, 2 * backMs);
      const again = received.length > 1 ? 'received twice' : `received ${received.length} times`;
      established(received.length > 0, 'a message that was sent is received');
      return judged(received.length > 1, 'ReceiveMessage without a delete', again);
    },
  },
]);

const remove = (kit: QueueKit, QueueUrl: string, ReceiptHandle: string | undefined) =>
  kit.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

/** A message with a lease of a second, received twice, and its queue. */
async function receivedTwice(kit: QueueKit) {
  const url = await kit.queue({ VisibilityTimeout: '1' });
  await kit.send(url, 'one');
  const [first, second] = await kit.collect(url, 2, 2 * backMs);
  established(first !== undefined && second !== undefined, 'a message that is received twice');
  return [first, second, url] as const;
}
