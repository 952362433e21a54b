import { SetSubscriptionAttributesCommand } from '@aws-sdk/client-sns';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import {
  answered,
  deviates,
  kept,
  notModelled,
  refusalBefore,
  refusalOf,
} from '../../aws/fidelity/answers.ts';
import { guide, topicClauses } from './kit.ts';

/** As long as a target may take for what it does not try again. */
const patienceMs = 6_000;

const denying = (queueArn: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sqs:SendMessage', Resource: queueArn }],
  });

/**
 * A queue that cannot be had while a message for it is published. What the page on retries says of errors of the
 * service's own side (100,015 attempts over 23 days) is no clause: every target hands over within its own process, and
 * no queue of it can fail so.
 */
export const away = topicClauses('Delivery', [
  {
    id: 'dead-letter-of-denied',
    says: 'A queue that lets nobody in is an error of the client: the message is not tried again, and goes to the dead-letter queue of its subscription.',
    source: `${guide}/sns-dead-letter-queues.html`,
    ask: async (kit) => {
      const topic = await kit.topic();
      const { url, queueArn, arn } = await kit.subscribed(topic);
      const letters = await kit.queues.queue();
      const { QueueArn: deadLetterTargetArn = '' } = await kit.queues.attributes(letters);
      await kit.letIn(letters, deadLetterTargetArn, topic);
      const request = 'RedrivePolicy, Deny of sqs:SendMessage to all, Publish';
      const set = await answered(
        kit.client.send(
          new SetSubscriptionAttributesCommand({
            SubscriptionArn: arn,
            AttributeName: 'RedrivePolicy',
            AttributeValue: JSON.stringify({ deadLetterTargetArn }),
          }),
        ),
      );
      if (set.is === 'refused') return refusalBefore(request, set);
      await kit.queues.client.send(
        new SetQueueAttributesCommand({
          QueueUrl: url,
          Attributes: { Policy: denying(queueArn) },
        }),
      );
      const sent = await answered(kit.publish(topic, 'one'));
      if (sent.is === 'refused') return refusalOf(request, sent);
      const [first, dead] = await Promise.all([
        kit.queues.collect(url, 1, patienceMs),
        kit.queues.collect(letters, 1, patienceMs),
      ]);
      if (first.length > 0) return notModelled(request, 'in the queue: it asks no policy');
      return dead.length > 0
        ? kept(request, 'in the dead-letter queue')
        : deviates(request, `nowhere in ${patienceMs / 1_000} s`);
    },
  },
]);
