import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { answered, inconclusive, judged, refusalAfterCrash } from '../../aws/fidelity/answers.ts';
import { guide, topicClauses } from './kit.ts';

const messages = 20;

export const crashes = topicClauses('Over a crash', [
  {
    id: 'kept-over-a-crash',
    says: 'What was acknowledged reaches its queue, also when a part of the service fails right after it.',
    source: `${guide}/sns-message-delivery-retries.html`,
    manner: 'crashes',
    ask: async (kit) => {
      const topic = await kit.topic();
      const { url } = await kit.subscribed(topic);
      const request = `kill -9 after the last of ${messages} acknowledged publishes, ReceiveMessage`;
      const bodies = Array.from({ length: messages }, (_, at) => `m${at}`);
      for (const body of bodies) await kit.publish(topic, body);
      const { crash } = kit.occasion;
      if (crash === undefined) {
        return inconclusive(request, 'nobody here may kill what somebody else has started');
      }
      await crash();
      const there = await answered(
        kit.client.send(new GetTopicAttributesCommand({ TopicArn: topic })),
      );
      if (there.is === 'refused') return refusalAfterCrash(request, 'topic', there);
      const got = new Set(await kit.bodies(url, messages));
      const found = bodies.filter((body) => got.has(body)).length;
      return judged(found === messages, request, `${found} of ${messages}`);
    },
  },
]);
