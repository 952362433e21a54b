import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { answered, judged, mustRefuse, refusalOf } from '../../aws/fidelity/answers.ts';
import type { ClauseAnswer } from '../../fidelity.ts';
import { queueClauses, type QueueKit, reference } from './kit.ts';

const sendPage = `${reference}/API_SendMessageBatch.html`;

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}
const entries = (count: number): Entry[] =>
  Array.from({ length: count }, (_, at) => ({ Id: `e${at}`, MessageBody: `message ${at}` }));

export const batches = queueClauses('Batches', [
  {
    id: 'batch-send-partial',
    says: 'Each entry of a batch has a result of its own: one bad one is Failed, the others are sent.',
    source: sendPage,
    ask: async (kit) => {
      const QueueUrl = await kit.queue();
      const [first, second] = entries(2);
      const Entries = [
        first,
        { Id: 'bad', MessageBody: 'late', DelaySeconds: 901 },
        second,
      ].flatMap((entry) => entry ?? []);
      const request = 'SendMessageBatch of three, the second with DelaySeconds=901';
      const sent = await answered(
        kit.client.send(new SendMessageBatchCommand({ QueueUrl, Entries })),
      );
      return sent.is === 'refused' ? refusalOf(request, sent) : oneFailed(request, sent.value, 2);
    },
  },
  {
    id: 'batch-delete-partial',
    says: 'A receipt that is none fails its entry of DeleteMessageBatch alone.',
    source: `${reference}/API_DeleteMessageBatch.html`,
    ask: async (kit) => {
      const [QueueUrl, ReceiptHandle] = await inFlight(kit);
      const Entries = [
        { Id: 'good', ReceiptHandle },
        { Id: 'bad', ReceiptHandle: 'nonsense' },
      ];
      const request = 'DeleteMessageBatch of two, the second with ReceiptHandle=nonsense';
      const done = await answered(
        kit.client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })),
      );
      return done.is === 'refused' ? refusalOf(request, done) : oneFailed(request, done.value, 1);
    },
  },
  {
    id: 'batch-visibility-partial',
    says: 'A receipt that is none fails its entry of ChangeMessageVisibilityBatch alone.',
    source: `${reference}/API_ChangeMessageVisibilityBatch.html`,
    ask: async (kit) => {
      const [QueueUrl, ReceiptHandle] = await inFlight(kit);
      const Entries = [
        { Id: 'good', ReceiptHandle, VisibilityTimeout: 60 },
        { Id: 'bad', ReceiptHandle: 'nonsense', VisibilityTimeout: 60 },
      ];
      const request = 'ChangeMessageVisibilityBatch of two, the second with ReceiptHandle=nonsense';
      const done = await answered(
        kit.client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries })),
      );
      return done.is === 'refused' ? refusalOf(request, done) : oneFailed(request, done.value, 1);
    },
  },
  {
    id: 'batch-empty',
    says: 'A batch without entries is refused with EmptyBatchRequest.',
    source: sendPage,
    ask: async (kit) => refusedBatch(kit, [], 'SendMessageBatch of none', ['EmptyBatchRequest']),
  },
  {
    id: 'batch-bound',
    says: 'A batch has at most ten entries, or is refused with TooManyEntriesInBatchRequest.',
    source: sendPage,
    ask: async (kit) =>
      refusedBatch(kit, entries(11), 'SendMessageBatch of eleven', [
        'TooManyEntriesInBatchRequest',
      ]),
  },
  {
    id: 'batch-distinct-ids',
    says: 'Two entries of a batch with the same Id are refused with BatchEntryIdsNotDistinct.',
    source: sendPage,
    ask: async (kit) => {
      const same = entries(2).map((entry) => ({ ...entry, Id: 'same' }));
      return refusedBatch(kit, same, 'SendMessageBatch of two with one Id', [
        'BatchEntryIdsNotDistinct',
      ]);
    },
  },
]);

async function refusedBatch(
  kit: QueueKit,
  Entries: Entry[],
  request: string,
  names: readonly string[],
): Promise<ClauseAnswer> {
  const QueueUrl = await kit.queue();
  const sent = await answered(kit.client.send(new SendMessageBatchCommand({ QueueUrl, Entries })));
  return mustRefuse(request, sent, names);
}

async function inFlight(kit: QueueKit): Promise<readonly [string, string | undefined]> {
  const QueueUrl = await kit.queue();
  await kit.send(QueueUrl, 'one');
  return [QueueUrl, (await kit.first(QueueUrl)).ReceiptHandle];
}

interface BatchResult {
  readonly Successful?: readonly unknown[] | undefined;
  readonly Failed?:
    | readonly { readonly Id?: string | undefined; readonly Code?: string | undefined }[]
    | undefined;
}

/** The entry called `bad` failed, and no other. */
function oneFailed(
  request: string,
  { Successful = [], Failed = [] }: BatchResult,
  successes: number,
): ClauseAnswer {
  const failed = Failed.map(({ Id, Code }) => `${Id} (${Code})`).join(', ') || 'none';
  const isRight = Successful.length === successes && Failed.length === 1 && Failed[0]?.Id === 'bad';
  return judged(isRight, request, `Successful: ${Successful.length}, Failed: ${failed}`);
}
