import { PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  answered,
  established,
  judged,
  mustRefuse,
  refusalOf,
} from '../../aws/fidelity/answers.ts';
import { guide, listed, reference, topicClauses } from './kit.ts';

const fifoQueue = { FifoQueue: 'true' };
const orderPage = `${guide}/fifo-topic-message-ordering.html`;
const dedupPage = `${guide}/fifo-message-dedup.html`;

export const fifo = topicClauses('FIFO topics', [
  {
    id: 'fifo-order',
    says: 'A FIFO queue gets the messages of a group in the order in which they were published.',
    source: orderPage,
    ask: async (kit) => {
      const topic = await kit.fifo();
      const { url } = await kit.subscribed(topic, {}, fifoQueue);
      const bodies = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5'];
      for (const body of bodies) {
        await kit.publish(topic, body, { MessageGroupId: 'a', MessageDeduplicationId: body });
      }
      const got = await kit.bodies(url, bodies.length);
      return judged(got.join() === bodies.join(), 'Publish a0 to a5 of one group', listed(got));
    },
  },
  {
    id: 'fifo-dedup-by-id',
    says: 'A publish with the deduplication id of one before it is accepted, and not delivered.',
    source: dedupPage,
    ask: async (kit) => {
      const topic = await kit.fifo();
      const { url } = await kit.subscribed(topic, {}, fifoQueue);
      for (const [body, id] of [
        ['one', 'same'],
        ['two', 'same'],
        ['three', 'other'],
      ] as const) {
        await kit.publish(topic, body, { MessageGroupId: 'a', MessageDeduplicationId: id });
      }
      const got = await kit.bodies(url, 2);
      const request = 'Publish one and two with one id, three with another';
      return judged(got.join() === 'one,three', request, listed(got));
    },
  },
  {
    id: 'fifo-dedup-by-content',
    says: 'With ContentBasedDeduplication a publish of the same message is accepted, and not delivered.',
    source: dedupPage,
    ask: async (kit) => {
      const topic = await kit.fifo({ ContentBasedDeduplication: 'true' });
      const { url } = await kit.subscribed(topic, {}, fifoQueue);
      const request = 'Publish one, one, two';
      for (const body of ['one', 'one', 'two']) {
        const sent = await answered(kit.publish(topic, body, { MessageGroupId: 'a' }));
        if (sent.is === 'refused') return refusalOf(request, sent);
      }
      const got = await kit.bodies(url, 2);
      return judged(got.join() === 'one,two', request, listed(got));
    },
  },
  {
    id: 'fifo-group-required',
    says: 'A message of a FIFO topic has a group.',
    source: `${reference}/API_Publish.html`,
    ask: async (kit) => {
      const publish = new PublishCommand({
        TopicArn: await kit.fifo(),
        Message: 'one',
        MessageDeduplicationId: 'd',
      });
      const sent = await answered(kit.client.send(publish));
      return mustRefuse('Publish without MessageGroupId to a FIFO topic', sent);
    },
  },
  {
    id: 'fifo-queue-of-standard-topic',
    says: 'A FIFO queue cannot be subscribed to a standard topic.',
    source: `${guide}/fifo-topic-message-delivery.html`,
    ask: async (kit) => {
      const topic = await kit.topic();
      const { QueueArn: Endpoint } = await kit.queues.attributes(await kit.queues.fifo());
      established(Endpoint !== undefined, 'a queue with an ARN');
      const subscribe = new SubscribeCommand({ TopicArn: topic, Protocol: 'sqs', Endpoint });
      const done = await answered(kit.client.send(subscribe));
      return mustRefuse('Subscribe of a FIFO queue to a standard topic', done);
    },
  },
  {
    id: 'fifo-sequence',
    says: 'A publish to a FIFO topic is answered with a sequence number, which grows.',
    source: `${reference}/API_Publish.html`,
    ask: async (kit) => {
      const topic = await kit.fifo();
      const numbers: string[] = [];
      for (const body of ['a0', 'a1', 'a2']) {
        const { SequenceNumber = 'none' } = await kit.publish(topic, body, {
          MessageGroupId: 'a',
          MessageDeduplicationId: body,
        });
        numbers.push(SequenceNumber);
      }
      const isRising = numbers.every((number, at) => {
        const before = numbers[at - 1] ?? '-1';
        return /^\d+$/.test(number) && BigInt(number) > BigInt(before);
      });
      return judged(isRising, 'Publish three times', numbers.join(', '));
    },
  },
]);
