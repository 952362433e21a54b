import {
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import {
  answered,
  established,
  judged,
  mustRefuse,
  refusalOf,
} from '../../aws/fidelity/answers.ts';
import { guide, listed, reference, topicClauses } from './kit.ts';

const publishPage = `${reference}/API_Publish.html`;
const batchPage = `${reference}/API_PublishBatch.html`;
const rawPage = `${guide}/sns-large-payload-raw-message-delivery.html`;
const bodies = ['m0', 'm1', 'm2', 'm3', 'm4'];

export const delivery = topicClauses('Delivery', [
  {
    id: 'fan-out-complete',
    says: 'Every queue that is subscribed gets every message.',
    source: `${guide}/sns-common-scenarios.html`,
    ask: async (kit) => {
      const topic = await kit.topic();
      const queues = [];
      for (let at = 0; at < 3; at += 1) queues.push(await kit.subscribed(topic));
      for (const body of bodies) await kit.publish(topic, body);
      const got = await Promise.all(queues.map(({ url }) => kit.bodies(url, bodies.length)));
      const isWhole = got.every((one) => one.toSorted().join() === bodies.join());
      const answer = got.map((one) => `${one.length}`).join(', ');
      return judged(isWhole, `Publish ${bodies.length} to three queues`, answer);
    },
  },
  {
    id: 'fan-out-of-batch',
    says: 'Each entry of PublishBatch is delivered as a message of its own.',
    source: batchPage,
    ask: async (kit) => {
      const topic = await kit.topic();
      const { url } = await kit.subscribed(topic);
      const sent = await answered(
        kit.client.send(
          new PublishBatchCommand({
            TopicArn: topic,
            PublishBatchRequestEntries: bodies.map((Message, at) => ({ Id: `e${at}`, Message })),
          }),
        ),
      );
      const request = `PublishBatch of ${bodies.length}`;
      if (sent.is === 'refused') return refusalOf(request, sent);
      const got = await kit.bodies(url, bodies.length);
      return judged(got.toSorted().join() === bodies.join(), request, listed(got));
    },
  },
  {
    id: 'no-history',
    says: 'A queue that subscribes later gets nothing that was published before.',
    source: `${guide}/sns-create-subscribe-endpoint-to-topic.html`,
    ask: async (kit) => {
      const topic = await kit.topic();
      const first = await kit.subscribed(topic);
      await kit.publish(topic, 'before');
      established((await kit.bodies(first.url, 1)).length === 1, 'a message that is delivered');
      const { url } = await kit.subscribed(topic);
      await kit.publish(topic, 'after');
      const got = await kit.bodies(url, 1);
      return judged(got.join() === 'after', 'Publish before and after Subscribe', listed(got));
    },
  },
  {
    id: 'unsubscribed',
    says: 'A subscription that is deleted delivers nothing more.',
    source: `${reference}/API_Unsubscribe.html`,
    ask: async (kit) => {
      const topic = await kit.topic();
      const left = await kit.subscribed(topic);
      const stays = await kit.subscribed(topic);
      await kit.client.send(new UnsubscribeCommand({ SubscriptionArn: left.arn }));
      await kit.publish(topic, 'after');
      established((await kit.bodies(stays.url, 1)).length === 1, 'a message that is delivered');
      const got = await kit.bodies(left.url, 1);
      return judged(got.length === 0, 'Unsubscribe, Publish', listed(got));
    },
  },
  {
    id: 'subscribed-twice',
    says: 'Subscribe of a queue that is subscribed answers with its subscription, and delivers once.',
    source: `${reference}/API_Subscribe.html`,
    ask: async (kit) => {
      const topic = await kit.topic();
      const { url, queueArn, arn } = await kit.subscribed(topic);
      const again = await answered(
        kit.client.send(
          new SubscribeCommand({
            TopicArn: topic,
            Protocol: 'sqs',
            Endpoint: queueArn,
            ReturnSubscriptionArn: true,
            Attributes: { RawMessageDelivery: 'true' },
          }),
        ),
      );
      const request = 'Subscribe twice, Publish';
      if (again.is === 'refused') return refusalOf(request, again);
      await kit.publish(topic, 'one');
      const got = await kit.bodies(url, 1);
      const same = again.value.SubscriptionArn === arn ? 'the same' : 'another';
      const answer = `${same} subscription, ${listed(got)}`;
      return judged(same === 'the same' && got.join() === 'one', request, answer);
    },
  },
  {
    id: 'raw',
    says: 'With raw delivery a queue gets the message as it was published, its attributes as its own.',
    source: rawPage,
    ask: async (kit) => {
      const topic = await kit.topic();
      const { url } = await kit.subscribed(topic);
      const MessageAttributes = { kind: { DataType: 'String', StringValue: 'red' } };
      await kit.publish(topic, '{"a": 1}', { MessageAttributes });
      const { Body, MessageAttributes: got = {} } = await kit.queues.first(url);
      const answer = `${Body}, kind ${got['kind']?.StringValue ?? 'missing'}`;
      const isRight = answer === '{"a": 1}, kind red';
      return judged(isRight, 'Publish {"a": 1} with kind=red, RawMessageDelivery', answer);
    },
  },
  {
    id: 'enveloped',
    says: 'Without raw delivery a queue gets a JSON document with the message and its attributes in it.',
    source: `${guide}/sns-sqs-as-subscriber.html`,
    ask: async (kit) => {
      const topic = await kit.topic();
      const { url } = await kit.subscribed(topic, { RawMessageDelivery: 'false' });
      const MessageAttributes = { kind: { DataType: 'String', StringValue: 'red' } };
      const { MessageId } = await kit.publish(topic, 'one', {
        MessageAttributes,
        Subject: 'about',
      });
      const { Body = '' } = await kit.queues.first(url);
      return judged(
        isEnvelope(Body, { MessageId, TopicArn: topic }),
        'Publish one with kind=red and a subject',
        Body,
      );
    },
  },
  {
    id: 'size-bound',
    says: 'A message has at most 256 KiB.',
    source: publishPage,
    ask: async (kit) => {
      const publish = new PublishCommand({
        TopicArn: await kit.topic(),
        Message: 'x'.repeat(262_145),
      });
      return mustRefuse('Publish of 262,145 bytes', await answered(kit.client.send(publish)));
    },
  },
  {
    id: 'batch-bound',
    says: 'A batch has at most ten entries.',
    source: batchPage,
    ask: async (kit) => {
      const PublishBatchRequestEntries = Array.from({ length: 11 }, (_, at) => ({
        Id: `e${at}`,
        Message: 'one',
      }));
      const publish = new PublishBatchCommand({
        TopicArn: await kit.topic(),
        PublishBatchRequestEntries,
      });
      const sent = await answered(kit.client.send(publish));
      return mustRefuse('PublishBatch of eleven', sent);
    },
  },
  {
    id: 'topic-unknown',
    says: 'A topic that does not exist is answered with NotFound.',
    source: publishPage,
    ask: async (kit) => {
      const TopicArn = `${await kit.topic()}-of-nobody`;
      const publish = new PublishCommand({ TopicArn, Message: 'one' });
      const sent = await answered(kit.client.send(publish));
      return mustRefuse('Publish to nobody’s topic', sent, ['NotFound', 'NotFoundException']);
    },
  },
  {
    id: 'dead-letter-of-subscription',
    says: 'What cannot be delivered goes to the dead-letter queue of its subscription.',
    source: `${guide}/sns-dead-letter-queues.html`,
    ask: async (kit) => {
      const topic = await kit.topic();
      const { url, arn } = await kit.subscribed(topic);
      const letters = await kit.queues.queue();
      const { QueueArn: deadLetterTargetArn = '' } = await kit.queues.attributes(letters);
      await kit.letIn(letters, deadLetterTargetArn, topic);
      const request = 'DeleteQueue of a subscribed queue, Publish';
      const set = await answered(
        kit.client.send(
          new SetSubscriptionAttributesCommand({
            SubscriptionArn: arn,
            AttributeName: 'RedrivePolicy',
            AttributeValue: JSON.stringify({ deadLetterTargetArn }),
          }),
        ),
      );
      if (set.is === 'refused') return refusalOf(request, set);
      await kit.queues.client.send(new DeleteQueueCommand({ QueueUrl: url }));
      const sent = await answered(kit.publish(topic, 'one'));
      if (sent.is === 'refused') return refusalOf(request, sent);
      const got = await kit.queues.collect(letters, 1, 6_000);
      const answer = got.length === 1 ? 'in the dead-letter queue' : 'nowhere in 6 s';
      return judged(got.length === 1, request, answer);
    },
  },
]);

interface Expected {
  readonly MessageId: string | undefined;
  readonly TopicArn: string;
}

/** The fields of a notification (Developer Guide, message format). */
function isEnvelope(text: string, expected: Expected): boolean {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return false;
  }
  if (typeof parsed !== 'object' || parsed === null) return false;
  const envelope = new Map<string, unknown>(Object.entries(parsed));
  const attributes = envelope.get('MessageAttributes');
  return (
    envelope.get('Type') === 'Notification' &&
    envelope.get('Message') === 'one' &&
    envelope.get('Subject') === 'about' &&
    envelope.get('MessageId') === expected.MessageId &&
    envelope.get('TopicArn') === expected.TopicArn &&
    typeof envelope.get('Timestamp') === 'string' &&
    JSON.stringify(attributes) === JSON.stringify({ kind: { Type: 'String', Value: 'red' } })
  );
}
