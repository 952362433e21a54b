import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import {
  answered,
  judged,
  mustAccept,
  mustRefuse,
  notModelled,
  refusalOf,
  worstOf,
} from '../../aws/fidelity/answers.ts';
import type { ClauseAnswer } from '../../fidelity.ts';
import { bodiesOf, guide, queueClauses, type QueueKit, reference } from './kit.ts';

const createPage = `${reference}/API_CreateQueue.html`;
const setPage = `${reference}/API_SetQueueAttributes.html`;
const purgePage = `${reference}/API_PurgeQueue.html`;

export const queues = queueClauses('Queues', [
  {
    id: 'retention-default',
    says: 'A queue that says nothing of it keeps messages for four days.',
    source: setPage,
    ask: async (kit) => {
      const { MessageRetentionPeriod } = await kit.attributes(await kit.queue());
      const request = 'GetQueueAttributes';
      if (MessageRetentionPeriod === undefined) return notModelled(request, 'no retention');
      return judged(MessageRetentionPeriod === '345600', request, `${MessageRetentionPeriod} s`);
    },
  },
  {
    id: 'retention-bounds',
    says: 'Messages are kept from 60 to 1,209,600 seconds: less and more is refused.',
    source: setPage,
    ask: async (kit) => {
      const url = await kit.queue();
      return worstOf([
        await mayKeep(kit, url, 60),
        await mayKeep(kit, url, 1_209_600),
        await mayNotKeep(kit, url, 59),
        await mayNotKeep(kit, url, 1_209_601),
      ]);
    },
  },
  {
    id: 'purge',
    says: 'PurgeQueue deletes all messages of a queue within 60 seconds.',
    source: purgePage,
    ask: async (kit) => {
      const QueueUrl = await kit.queue({ VisibilityTimeout: '1' });
      for (const body of ['one', 'two', 'three']) await kit.send(QueueUrl, body);
      await kit.first(QueueUrl, { MaxNumberOfMessages: 1 });
      const request = 'PurgeQueue, ReceiveMessage from 2 s after it on';
      const purged = await answered(kit.client.send(new PurgeQueueCommand({ QueueUrl })));
      return purged.is === 'refused' ? refusalOf(request, purged) : gone(kit, QueueUrl, request);
    },
  },
  {
    id: 'purge-once-a-minute',
    says: 'A second PurgeQueue within 60 seconds is refused with PurgeQueueInProgress.',
    source: purgePage,
    ask: async (kit) => {
      const QueueUrl = await kit.queue();
      await kit.client.send(new PurgeQueueCommand({ QueueUrl }));
      const again = await answered(kit.client.send(new PurgeQueueCommand({ QueueUrl })));
      return mustRefuse('PurgeQueue twice', again, ['PurgeQueueInProgress']);
    },
  },
  {
    id: 'queue-counts',
    says: 'The attributes of a queue count its messages: those to be had, in flight and delayed.',
    source: `${reference}/API_GetQueueAttributes.html`,
    ask: async (kit) => {
      const url = await kit.queue();
      for (const body of ['one', 'two', 'three']) await kit.send(url, body);
      await kit.send(url, 'late', { DelaySeconds: 600 });
      await kit.first(url, { MaxNumberOfMessages: 1 });
      const all = await kit.attributes(url);
      const counts = ['Messages', 'MessagesNotVisible', 'MessagesDelayed'].map(
        (of) => all[`ApproximateNumberOf${of}`],
      );
      const request = 'GetQueueAttributes with 2 to be had, 1 in flight, 1 delayed';
      return judged(counts.join() === '2,1,1', request, counts.join(', '));
    },
  },
  {
    id: 'queue-same-again',
    says: 'CreateQueue of a queue that is there, with its attributes, answers with its URL.',
    source: createPage,
    ask: async (kit) => {
      const QueueName = kit.nextName();
      const Attributes = { VisibilityTimeout: '40' };
      const create = () => kit.client.send(new CreateQueueCommand({ QueueName, Attributes }));
      const { QueueUrl } = await create();
      kit.remember(QueueUrl);
      const again = await answered(create());
      const request = 'CreateQueue twice';
      if (again.is === 'refused') return refusalOf(request, again);
      return judged(again.value.QueueUrl === QueueUrl, request, `${again.value.QueueUrl}`);
    },
  },
  {
    id: 'queue-other-again',
    says: 'CreateQueue of a queue that is there, with another value of an attribute, is refused.',
    source: createPage,
    ask: async (kit) => {
      const QueueName = kit.nextName();
      const create = (VisibilityTimeout: string) =>
        kit.client.send(new CreateQueueCommand({ QueueName, Attributes: { VisibilityTimeout } }));
      kit.remember((await create('40')).QueueUrl);
      return mustRefuse(
        'CreateQueue twice, with another visibility timeout',
        await answered(create('41')),
      );
    },
  },
  {
    id: 'queue-unknown',
    says: 'A queue that does not exist is answered with QueueDoesNotExist.',
    source: `${reference}/API_GetQueueUrl.html`,
    ask: async (kit) =>
      mustRefuse(
        'GetQueueUrl of nobody’s queue',
        await answered(kit.client.send(new GetQueueUrlCommand({ QueueName: kit.nextName() }))),
        ['QueueDoesNotExist'],
      ),
  },
  {
    id: 'queue-name-of-fifo',
    says: 'The name of a FIFO queue ends in .fifo.',
    source: createPage,
    ask: async (kit) => {
      const made = await answered(
        kit.client.send(
          new CreateQueueCommand({ QueueName: kit.nextName(), Attributes: { FifoQueue: 'true' } }),
        ),
      );
      if (made.is === 'ok') kit.remember(made.value.QueueUrl);
      return mustRefuse('CreateQueue with FifoQueue=true and a name without .fifo', made);
    },
  },
  {
    id: 'attributes-come-back',
    says: 'Attributes of a message come as they were sent, with their types, to who asks for them.',
    source: `${guide}/sqs-message-metadata.html`,
    ask: async (kit) => {
      const url = await kit.queue();
      await kit.send(url, 'one', {
        MessageAttributes: {
          text: { DataType: 'String', StringValue: 'é' },
          number: { DataType: 'Number.int', StringValue: '42' },
          bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
        },
      });
      const { MessageAttributes = {} } = await kit.first(url);
      const { text, number, bytes } = MessageAttributes;
      const told = [
        `${text?.DataType} ${text?.StringValue}`,
        `${number?.DataType} ${number?.StringValue}`,
        `${bytes?.DataType} ${Buffer.from(bytes?.BinaryValue ?? []).toString('hex')}`,
      ].join(', ');
      const request = 'SendMessage with String é, Number.int 42, Binary 00ff';
      return judged(told === 'String é, Number.int 42, Binary 00ff', request, told);
    },
  },
  {
    id: 'attributes-unasked',
    says: 'A receive that asks for no attributes gets none.',
    source: `${reference}/API_ReceiveMessage.html`,
    ask: async (kit) => {
      const url = await kit.queue();
      await kit.send(url, 'one', {
        MessageAttributes: { text: { DataType: 'String', StringValue: 'v' } },
      });
      const message = await kit.first(url, {
        MessageAttributeNames: undefined,
        MessageSystemAttributeNames: undefined,
      });
      const { MessageAttributes = {}, Attributes = {} } = message;
      const got = [...Object.keys(MessageAttributes), ...Object.keys(Attributes)];
      return judged(got.length === 0, 'ReceiveMessage without names', got.join(', ') || 'none');
    },
  },
]);

const keepFor = (kit: QueueKit, QueueUrl: string, seconds: number) =>
  answered(
    kit.client.send(
      new SetQueueAttributesCommand({
        QueueUrl,
        Attributes: { MessageRetentionPeriod: String(seconds) },
      }),
    ),
  );

async function mayKeep(kit: QueueKit, url: string, seconds: number): Promise<ClauseAnswer> {
  return mustAccept(`MessageRetentionPeriod=${seconds}`, await keepFor(kit, url, seconds));
}

async function mayNotKeep(kit: QueueKit, url: string, seconds: number): Promise<ClauseAnswer> {
  return mustRefuse(`MessageRetentionPeriod=${seconds}`, await keepFor(kit, url, seconds));
}

/** Whether nothing is received any more, before the minute is over that a purge may take. */
async function gone(kit: QueueKit, url: string, request: string): Promise<ClauseAnswer> {
  const fromMs = kit.occasion.nowMs();
  for (;;) {
    await kit.occasion.wait(2_000);
    const isLate = kit.occasion.nowMs() - fromMs > 60_000;
    const left = await kit.receive(url);
    if (left.length === 0) return judged(true, request, 'nothing');
    if (isLate) return judged(false, request, `${bodiesOf(left)}, a minute later`);
  }
}
