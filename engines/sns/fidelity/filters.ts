import type { MessageAttributeValue } from '@aws-sdk/client-sns';
import { SubscribeCommand } from '@aws-sdk/client-sns';
import { answered, established, judged, mustRefuse } from '../../aws/fidelity/answers.ts';
import type { ClauseAnswer } from '../../fidelity.ts';
import { guide, listed, topicClauses, type TopicKit } from './kit.ts';

const policies = `${guide}/sns-subscription-filter-policies.html`;
const stringPage = `${guide}/string-value-matching.html`;
const numericPage = `${guide}/numeric-value-matching.html`;

const text = (StringValue: string): MessageAttributeValue => ({ DataType: 'String', StringValue });
const number = (value: number): MessageAttributeValue => ({
  DataType: 'Number',
  StringValue: String(value),
});
const several = (values: readonly string[]): MessageAttributeValue => ({
  DataType: 'String.Array',
  StringValue: JSON.stringify(values),
});

interface Published {
  /** Also its body. */
  readonly name: string;
  readonly attributes: Record<string, MessageAttributeValue>;
}
const published: readonly Published[] = [
  { name: 'red-small', attributes: { colour: text('red'), size: number(1) } },
  { name: 'red-large', attributes: { colour: text('red'), size: number(100) } },
  { name: 'redwood-small', attributes: { colour: text('redwood'), size: number(1) } },
  { name: 'blue-large', attributes: { colour: text('blue'), size: number(100) } },
  { name: 'red-and-blue', attributes: { colour: several(['red', 'blue']) } },
  { name: 'sizeless', attributes: { colour: text('green') } },
  { name: 'other', attributes: { other: text('red') } },
];

const filters: readonly {
  readonly id: string;
  readonly says: string;
  readonly source: string;
  readonly policy: object;
  readonly passes: readonly string[];
}[] = [
  {
    id: 'filter-exact',
    says: 'A filter by a value passes messages with exactly that value, one of several among them.',
    source: stringPage,
    policy: { colour: ['red'] },
    passes: ['red-and-blue', 'red-large', 'red-small'],
  },
  {
    id: 'filter-and',
    says: 'All attributes of a filter have to match, and one of the values of each.',
    source: policies,
    policy: { colour: ['red', 'blue'], size: [{ numeric: ['>=', 100] }] },
    passes: ['blue-large', 'red-large'],
  },
  {
    id: 'filter-prefix',
    says: 'A filter by a prefix passes messages whose value begins with it.',
    source: stringPage,
    policy: { colour: [{ prefix: 'redw' }] },
    passes: ['redwood-small'],
  },
  {
    id: 'filter-anything-but',
    says: 'anything-but passes messages that have the attribute, with another value.',
    source: stringPage,
    policy: { colour: [{ 'anything-but': ['red', 'redwood'] }], size: [{ exists: true }] },
    passes: ['blue-large'],
  },
  {
    id: 'filter-numeric',
    says: 'A numeric range passes messages whose number is in it.',
    source: numericPage,
    policy: { size: [{ numeric: ['>', 0, '<=', 1] }] },
    passes: ['red-small', 'redwood-small'],
  },
  {
    id: 'filter-absent',
    says: 'exists: false passes messages without the attribute.',
    source: `${guide}/attribute-key-matching.html`,
    policy: { size: [{ exists: false }] },
    passes: ['other', 'red-and-blue', 'sizeless'],
  },
];

export const filtering = topicClauses('Filters', [
  ...filters.map(({ id, says, source, policy, passes }) => ({
    id,
    says,
    source,
    ask: (kit: TopicKit) => filtered(kit, policy, passes),
  })),
  {
    id: 'filter-body',
    says: 'With FilterPolicyScope MessageBody the filter is about the properties of the body.',
    source: `${guide}/sns-message-filtering-scope.html`,
    ask: async (kit) => {
      const topic = await kit.topic();
      const { url } = await kit.subscribed(topic, {
        FilterPolicyScope: 'MessageBody',
        FilterPolicy: JSON.stringify({ order: { colour: ['red'] } }),
      });
      const all = await kit.subscribed(topic);
      const red = JSON.stringify({ order: { colour: 'red' } });
      for (const body of [red, JSON.stringify({ order: { colour: 'blue' } }), 'no JSON']) {
        await kit.publish(topic, body);
      }
      established((await kit.bodies(all.url, 3)).length === 3, 'messages that are delivered');
      const got = await kit.bodies(url, 1);
      const request = 'FilterPolicy {"order":{"colour":["red"]}}, Publish red, blue and no JSON';
      return judged(got.join('|') === red, request, listed(got));
    },
  },
  {
    id: 'filter-invalid',
    says: 'A filter policy that is none is refused.',
    source: policies,
    ask: async (kit) => {
      const topic = await kit.topic();
      const { QueueArn: Endpoint } = await kit.queues.attributes(await kit.queues.queue());
      established(Endpoint !== undefined, 'a queue with an ARN');
      const FilterPolicy = JSON.stringify({ colour: 'red' });
      const subscribe = new SubscribeCommand({
        TopicArn: topic,
        Protocol: 'sqs',
        Endpoint,
        Attributes: { FilterPolicy },
      });
      const done = await answered(kit.client.send(subscribe));
      return mustRefuse('Subscribe with FilterPolicy {"colour":"red"}', done);
    },
  },
]);

/** A queue with the filter and one without: only where the second gets all does the first say something. */
async function filtered(
  kit: TopicKit,
  policy: object,
  passes: readonly string[],
): Promise<ClauseAnswer> {
  const topic = await kit.topic();
  const FilterPolicy = JSON.stringify(policy);
  const { url } = await kit.subscribed(topic, { FilterPolicy });
  const all = await kit.subscribed(topic);
  for (const { name, attributes } of published) {
    await kit.publish(topic, name, { MessageAttributes: attributes });
  }
  const whole = await kit.bodies(all.url, published.length);
  established(whole.length === published.length, 'messages that are delivered without a filter');
  const got = (await kit.bodies(url, passes.length)).toSorted();
  const request = `FilterPolicy ${FilterPolicy}, Publish ${published.map(({ name }) => name).join(', ')}`;
  return judged(got.join() === passes.join(), request, listed(got));
}
