import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import {
  answered,
  established,
  judged,
  mustRefuse,
  notModelled,
  refusalOf,
} from '../../aws/fidelity/answers.ts';
import type { ClauseAnswer } from '../../fidelity.ts';
import { bodiesOf, guide, queueClauses, type QueueKit, reference } from './kit.ts';

const deliveryPage = `${guide}/FIFO-queues-understanding-logic.html`;
const receivePage = `${reference}/API_ReceiveMessage.html`;
const sendPage = `${reference}/API_SendMessage.html`;

export const groups = queueClauses('Message groups', [
  {
    id: 'fifo-order',
    says: 'The messages of a group are received in the order in which they were sent.',
    source: deliveryPage,
    ask: async (kit) => {
      const url = await kit.fifo();
      const bodies = Array.from({ length: 12 }, (_, at) => String(at).padStart(2, '0'));
      for (const body of bodies) await kit.sendTo(url, 'g', body);
      const received = (await kit.drain(url, bodies.length, 10_000)).map(({ Body = '' }) => Body);
      const isRight = received.join() === bodies.join();
      return judged(
        isRight,
        'SendMessage 00 to 11, ReceiveMessage and delete',
        received.join(', '),
      );
    },
  },
  {
    id: 'fifo-several-of-a-group',
    says: 'A receive brings several messages of one group where there are no others.',
    source: deliveryPage,
    ask: async (kit) => {
      const url = await waitingIn(kit, ['a1', 'a2', 'a3']);
      const messages = await kit.receive(url);
      established(messages.length > 0, 'a message that was sent is received');
      return judged(messages.length > 1, 'ReceiveMessage of up to 10', bodiesOf(messages));
    },
  },
  {
    id: 'fifo-group-blocks',
    says: 'While a message of a group is in flight no other of that group is received.',
    source: deliveryPage,
    ask: async (kit) => {
      const url = await waitingIn(kit, ['a1', 'a2', 'b1']);
      const first = await kit.first(url, { MaxNumberOfMessages: 1 });
      established(first.Body === 'a1', 'the first message is received first');
      const others = await kit.collect(url, 1, 2_000);
      const isRight = others.length === 1 && others[0]?.Body === 'b1';
      return judged(
        isRight,
        'a1 in flight, ReceiveMessage with a2 and b1 waiting',
        bodiesOf(others),
      );
    },
  },
  {
    id: 'fifo-batch-blocks',
    says: 'A group is blocked until the last message of a received batch is deleted.',
    source: deliveryPage,
    ask: batchBlocks,
  },
  {
    id: 'fifo-order-after-lease',
    says: 'What was not deleted comes again before the later messages of its group.',
    source: deliveryPage,
    ask: async (kit) => {
      const url = await waitingIn(kit, ['a1', 'a2'], { VisibilityTimeout: '1' });
      const first = await kit.first(url, { MaxNumberOfMessages: 1 });
      established(first.Body === 'a1', 'the first message is received first');
      await kit.occasion.wait(1_500);
      const [again] = await kit.collect(url, 1, 5_000);
      const request = 'a1 received, ReceiveMessage after its visibility timeout with a2 waiting';
      return judged(again?.Body === 'a1', request, again?.Body ?? 'nothing');
    },
  },
  {
    id: 'fifo-group-required',
    says: 'A message of a FIFO queue has a group.',
    source: sendPage,
    ask: async (kit) => {
      const send = new SendMessageCommand({
        QueueUrl: await kit.fifo(),
        MessageBody: 'one',
        MessageDeduplicationId: 'd',
      });
      const sent = await answered(kit.client.send(send));
      return mustRefuse('SendMessage without MessageGroupId to a FIFO queue', sent);
    },
  },
  {
    id: 'fifo-sequence',
    says: 'Sequence numbers grow within a group; who sends and who receives are told the same.',
    source: sendPage,
    ask: async (kit) => {
      const url = await kit.fifo();
      const sent: (string | undefined)[] = [];
      for (const body of ['a1', 'a2', 'a3']) {
        sent.push((await kit.sendTo(url, 'a', body)).SequenceNumber);
      }
      const received = await kit.drain(url, 3, 5_000);
      const told = received.map(({ Attributes = {} }) => Attributes.SequenceNumber);
      const request = 'SendMessage three times, ReceiveMessage';
      const answer = `sent ${sent.map((one) => one ?? 'none').join(', ')}, received ${told.map((one) => one ?? 'none').join(', ')}`;
      established(received.length === 3, 'three messages of a group');
      return judged(sent.join() === told.join() && isRising(sent), request, answer);
    },
  },
  {
    id: 'fifo-attempt-id',
    says: 'A receive with the same ReceiveRequestAttemptId gets the same messages and receipts again.',
    source: receivePage,
    ask: sameAttempt,
  },
]);

/** A target that never hands out two messages of a group together has no such batch. */
async function batchBlocks(kit: QueueKit): Promise<ClauseAnswer> {
  const request = 'a1 and a2 received together, a1 deleted, ReceiveMessage with a3 waiting';
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const url = await waitingIn(kit, ['a1', 'a2', 'a3']);
    const [first, second] = await kit.receive(url, { MaxNumberOfMessages: 2 });
    established(first !== undefined, 'a message that was sent is received');
    if (second === undefined) continue;
    const { ReceiptHandle } = first;
    await kit.client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
    const more = await kit.receive(url);
    return judged(more.length === 0, request, bodiesOf(more));
  }
  return notModelled(request, 'one message of a group a receive, in three of three');
}

async function sameAttempt(kit: QueueKit): Promise<ClauseAnswer> {
  const QueueUrl = await waitingIn(kit, ['a1', 'b1']);
  const receive = () =>
    answered(
      kit.client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 1,
          WaitTimeSeconds: 1,
          ReceiveRequestAttemptId: 'attempt',
        }),
      ),
    );
  const request = 'ReceiveMessage twice with one ReceiveRequestAttemptId';
  const first = await receive();
  if (first.is === 'refused') return refusalOf(request, first);
  const [{ Body, ReceiptHandle } = {}] = first.value.Messages ?? [];
  established(Body !== undefined, 'a message that was sent is received');
  const second = await receive();
  if (second.is === 'refused') return refusalOf(request, second);
  const [again] = second.value.Messages ?? [];
  const isSame = again?.Body === Body;
  const receipts = again?.ReceiptHandle === ReceiptHandle ? 'the same receipt' : 'another receipt';
  const answer = `${Body}, then ${again?.Body ?? 'nothing'}${isSame ? ` with ${receipts}` : ''}`;
  return judged(isSame && again?.ReceiptHandle === ReceiptHandle, request, answer);
}

/** A FIFO queue with these messages: the first letter of each is its group. */
async function waitingIn(
  kit: QueueKit,
  bodies: readonly string[],
  attributes: Readonly<Record<string, string>> = {},
): Promise<string> {
  const url = await kit.fifo(attributes);
  for (const body of bodies) await kit.sendTo(url, body.slice(0, 1), body);
  return url;
}

function isRising(numbers: readonly (string | undefined)[]): boolean {
  return numbers.every((number, at) => {
    const before = at === 0 ? '-1' : numbers[at - 1];
    if (number === undefined || before === undefined || !/^\d+$/.test(number)) return false;
    return BigInt(number) > BigInt(before);
  });
}
