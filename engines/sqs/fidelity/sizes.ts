import { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { answered, judged, mustAccept, mustRefuse, refusalOf } from '../../aws/fidelity/answers.ts';
import type { ClauseAnswer } from '../../fidelity.ts';
import { guide, queueClauses, type QueueKit, reference } from './kit.ts';

const quotas = `${guide}/quotas-messages.html`;
const sendPage = `${reference}/API_SendMessage.html`;
/** 1 MiB, body and attributes together; 256 KiB until August 2025. */
const messageBytes = 1_048_576;

export const sizes = queueClauses('Sizes and characters', [
  {
    id: 'size-message',
    says: 'A message may have 1 MiB.',
    source: quotas,
    ask: async (kit) => {
      const sent = await answered(kit.send(await kit.queue(), 'x'.repeat(messageBytes)));
      return mustAccept('SendMessage of 1,048,576 bytes', sent);
    },
  },
  {
    id: 'size-message-bound',
    says: 'A message of more than 1 MiB is refused.',
    source: quotas,
    ask: async (kit) => {
      const sent = await answered(kit.send(await kit.queue(), 'x'.repeat(messageBytes + 1)));
      return mustRefuse('SendMessage of 1,048,577 bytes', sent);
    },
  },
  {
    id: 'size-batch-bound',
    says: 'The messages of a batch have 1 MiB together, or are refused with BatchRequestTooLong.',
    source: quotas,
    ask: async (kit) => {
      const QueueUrl = await kit.queue();
      const Entries = ['a', 'b', 'c'].map((Id) => ({ Id, MessageBody: 'x'.repeat(400_000) }));
      const sent = await answered(
        kit.client.send(new SendMessageBatchCommand({ QueueUrl, Entries })),
      );
      return mustRefuse('SendMessageBatch of 3 × 400,000 bytes', sent, ['BatchRequestTooLong']);
    },
  },
  {
    id: 'size-of-queue',
    says: 'A queue takes no message that is longer than its MaximumMessageSize.',
    source: `${reference}/API_SetQueueAttributes.html`,
    ask: async (kit) => {
      const url = await kit.queue({ MaximumMessageSize: '1024' });
      const sent = await answered(kit.send(url, 'x'.repeat(1_025)));
      return mustRefuse('SendMessage of 1,025 bytes, MaximumMessageSize 1,024', sent);
    },
  },
  {
    id: 'size-with-attributes',
    says: 'The attributes of a message count towards its size.',
    source: `${guide}/sqs-message-metadata.html`,
    ask: async (kit) => {
      const url = await kit.queue({ MaximumMessageSize: '1024' });
      const sent = await answered(
        kit.send(url, 'x'.repeat(1_000), {
          MessageAttributes: { name: { DataType: 'String', StringValue: 'y'.repeat(100) } },
        }),
      );
      const request =
        'SendMessage of 1,000 bytes and an attribute of 110, MaximumMessageSize 1,024';
      return mustRefuse(request, sent);
    },
  },
  {
    id: 'attributes-bound',
    says: 'A message has at most ten attributes.',
    source: `${guide}/sqs-message-metadata.html`,
    ask: async (kit) => {
      const names = Array.from({ length: 11 }, (_, at) => `a${at}`);
      const MessageAttributes = Object.fromEntries(
        names.map((name) => [name, { DataType: 'String', StringValue: 'v' }]),
      );
      const sent = await answered(kit.send(await kit.queue(), 'one', { MessageAttributes }));
      return mustRefuse('SendMessage with eleven attributes', sent);
    },
  },
  {
    id: 'body-empty',
    says: 'A message has a body of at least one character.',
    source: sendPage,
    ask: async (kit) => refusedBody(kit, '', 'SendMessage without a body'),
  },
  {
    id: 'body-characters',
    says: 'A body with a character that XML 1.0 does not have is refused with InvalidMessageContents.',
    source: sendPage,
    ask: async (kit) =>
      refusedBody(kit, 'one\u0001', 'SendMessage with U+0001', ['InvalidMessageContents']),
  },
  {
    id: 'body-unicode',
    says: 'A body keeps every character that XML 1.0 has.',
    source: sendPage,
    ask: async (kit) => {
      const url = await kit.queue();
      const body = 'a\tb\nc \u00E9 \uD7FF \uE000 \u{10FFFF} <&>"';
      const request = 'SendMessage with tab, line feed, U+D7FF, U+E000, U+10FFFF and <&>"';
      const sent = await answered(kit.send(url, body));
      if (sent.is === 'refused') return refusalOf(request, sent);
      const { Body } = await kit.first(url);
      return judged(Body === body, request, Body === body ? 'the same' : `${Body}`);
    },
  },
]);

async function refusedBody(
  kit: QueueKit,
  MessageBody: string,
  request: string,
  names: readonly string[] = [],
): Promise<ClauseAnswer> {
  const QueueUrl = await kit.queue();
  const send = new SendMessageCommand({ QueueUrl, MessageBody });
  return mustRefuse(request, await answered(kit.client.send(send)), names);
}
