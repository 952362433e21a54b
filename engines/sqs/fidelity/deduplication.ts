import { DeleteMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { established, judged, mustRefuse, answered } from '../../aws/fidelity/answers.ts';
import type { ClauseAnswer } from '../../fidelity.ts';
import { bodiesOf, guide, queueClauses, type QueueKit, reference } from './kit.ts';

const idPage = `${guide}/using-messagededuplicationid-property.html`;
const onePage = `${guide}/FIFO-queues-exactly-once-processing.html`;
const throughputPage = `${guide}/high-throughput-fifo.html`;

export const deduplication = queueClauses('Deduplication', [
  {
    id: 'dedup-by-id',
    says: 'A send with the deduplication id of one before it is accepted, and not delivered.',
    source: idPage,
    ask: async (kit) => {
      const url = await kit.fifo();
      await kit.sendTo(url, 'g', 'one', 'same');
      await kit.sendTo(url, 'g', 'two', 'same');
      return deliveredOnly(kit, url, ['one'], 'SendMessage one and two with one id');
    },
  },
  {
    id: 'dedup-by-content',
    says: 'With ContentBasedDeduplication a send of the same body is accepted, and not delivered.',
    source: onePage,
    ask: async (kit) => {
      const url = await kit.fifo({ ContentBasedDeduplication: 'true' });
      for (const body of ['one', 'one', 'two']) {
        await kit.send(url, body, { MessageGroupId: 'g' });
      }
      const request = 'SendMessage one, one, two, ContentBasedDeduplication';
      return deliveredOnly(kit, url, ['one', 'two'], request);
    },
  },
  {
    id: 'dedup-content-without-attributes',
    says: 'The content that deduplication goes by is the body, and not the attributes.',
    source: onePage,
    ask: async (kit) => {
      const url = await kit.fifo({ ContentBasedDeduplication: 'true' });
      for (const StringValue of ['v', 'w']) {
        await kit.send(url, 'one', {
          MessageGroupId: 'g',
          MessageAttributes: { name: { DataType: 'String', StringValue } },
        });
      }
      const request = 'SendMessage one twice, with other attributes';
      return deliveredOnly(kit, url, ['one'], request);
    },
  },
  {
    id: 'dedup-id-before-content',
    says: 'A deduplication id goes before the content.',
    source: idPage,
    ask: async (kit) => {
      const url = await kit.fifo({ ContentBasedDeduplication: 'true' });
      await kit.sendTo(url, 'g', 'one', 'id-1');
      await kit.sendTo(url, 'g', 'one', 'id-2');
      return deliveredOnly(kit, url, ['one', 'one'], 'SendMessage one twice with two ids');
    },
  },
  {
    id: 'dedup-after-delete',
    says: 'A copy is recognised also when the first message has been deleted.',
    source: idPage,
    ask: async (kit) => {
      const url = await kit.fifo();
      await kit.sendTo(url, 'g', 'one', 'same');
      const { ReceiptHandle } = await kit.first(url);
      await kit.client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
      await kit.sendTo(url, 'g', 'two', 'same');
      return deliveredOnly(kit, url, [], 'SendMessage two with the id of a deleted message');
    },
  },
  {
    id: 'dedup-across-groups',
    says: 'An id is known in all groups of a queue.',
    source: throughputPage,
    ask: async (kit) => {
      const url = await kit.fifo();
      await kit.sendTo(url, 'a', 'one', 'same');
      await kit.sendTo(url, 'b', 'two', 'same');
      return deliveredOnly(kit, url, ['one'], 'SendMessage to two groups with one id');
    },
  },
  {
    id: 'dedup-per-group',
    says: 'With DeduplicationScope messageGroup an id is known in its group alone.',
    source: throughputPage,
    ask: async (kit) => {
      const url = await kit.fifo({
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
      });
      await kit.sendTo(url, 'a', 'one', 'same');
      await kit.sendTo(url, 'b', 'two', 'same');
      const request = 'SendMessage to two groups with one id, DeduplicationScope messageGroup';
      return deliveredOnly(kit, url, ['one', 'two'], request);
    },
  },
  {
    id: 'dedup-id-required',
    says: 'Without ContentBasedDeduplication a message has a deduplication id.',
    source: `${reference}/API_SendMessage.html`,
    ask: async (kit) => {
      const send = new SendMessageCommand({
        QueueUrl: await kit.fifo(),
        MessageBody: 'one',
        MessageGroupId: 'g',
      });
      const sent = await answered(kit.client.send(send));
      return mustRefuse('SendMessage without MessageDeduplicationId', sent);
    },
  },
]);

/** Whether these bodies are what the queue has, each once. */
async function deliveredOnly(
  kit: QueueKit,
  url: string,
  bodies: readonly string[],
  request: string,
): Promise<ClauseAnswer> {
  // What is sent afterwards, to another group, shows that the queue has handed out what it had.
  const sentinel = 'sentinel';
  await kit.sendTo(url, 'sentinel', sentinel);
  const messages = await kit.drain(url, bodies.length + 1, 8_000);
  const all = messages.map(({ Body = '' }) => Body);
  const isSeen = all.includes(sentinel);
  const received = all.filter((body) => body !== sentinel);
  established(isSeen, 'a message that is sent afterwards is received');
  const answer = bodiesOf(received.map((Body) => ({ Body })));
  return judged(received.toSorted().join() === bodies.toSorted().join(), request, answer);
}
