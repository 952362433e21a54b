import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import {
  answered,
  established,
  inconclusive,
  judged,
  kept,
  notModelled,
  refusalOf,
} from '../../aws/fidelity/answers.ts';
import { tooSlow } from '../../aws/fidelity/lateness.ts';
import type { ClauseAnswer } from '../../fidelity.ts';
import { bodiesOf, guide, queueClauses, type QueueKit, reference } from './kit.ts';

const onePage = `${guide}/FIFO-queues-exactly-once-processing.html`;
const windowMs = 300_000;
/** So far from the edge of the window that the time of a call does not decide. */
const marginMs = 10_000;
const retentionMs = 60_000;
const inFlightMost = 120_000;
const callsAtOnce = 16;
const sentinel = 'sentinel';
const isSentinel = ({ Body }: Message): boolean => Body === sentinel;

/** What only minutes, or a hundred thousand messages, can show. */
export const minutes = queueClauses('Windows and limits', [
  {
    id: 'dedup-to-the-edge',
    says: 'A copy is recognised until five minutes after the first send.',
    source: onePage,
    takes: 'minutes',
    ask: (kit) => secondSend(kit, windowMs - marginMs, 0),
  },
  {
    id: 'dedup-after-window',
    says: 'What has the id of a message that was sent more than five minutes ago is another message.',
    source: onePage,
    takes: 'minutes',
    ask: (kit) => secondSend(kit, windowMs + marginMs, 1),
  },
  {
    id: 'retention-ends',
    says: 'A message is deleted when it is older than its queue keeps messages.',
    source: `${reference}/API_SetQueueAttributes.html`,
    takes: 'minutes',
    ask: retentionEnds,
  },
  {
    id: 'in-flight-bound',
    says: 'A standard queue has 120,000 messages in flight, and refuses a receive beyond with OverLimit.',
    source: `${guide}/quotas-messages.html`,
    takes: 'minutes',
    manner: 'alone',
    ask: inFlightBound,
  },
]);

async function secondSend(kit: QueueKit, afterMs: number, expected: 0 | 1): Promise<ClauseAnswer> {
  const url = await kit.fifo();
  await kit.sendTo(url, 'g', 'one', 'same');
  const sentMs = kit.occasion.nowMs();
  const { ReceiptHandle } = await kit.first(url);
  await kit.client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
  await kit.occasion.wait(afterMs - (kit.occasion.nowMs() - sentMs));
  await kit.sendTo(url, 'g', 'two', 'same');
  const lateMs = kit.occasion.nowMs() - sentMs;
  const request = `SendMessage with the same id after ${Math.round(lateMs / 1_000)} s`;
  if (expected === 0 && lateMs > windowMs) return inconclusive(request, tooSlow);
  // What is sent afterwards, to another group, shows that the queue has handed out what it had.
  await kit.sendTo(url, 'sentinel', sentinel);
  const all = await kit.drain(url, expected + 1, 8_000);
  established(all.some(isSentinel), 'a message that is sent afterwards is received');
  const got = all.filter((message) => !isSentinel(message));
  return judged(got.length === expected, request, bodiesOf(got));
}

async function retentionEnds(kit: QueueKit): Promise<ClauseAnswer> {
  const url = await kit.queue({ MessageRetentionPeriod: '60', VisibilityTimeout: '0' });
  await kit.send(url, 'one');
  const sentMs = kit.occasion.nowMs();
  const before = await kit.receive(url);
  established(before.length > 0, 'a message that is received before its time is over');
  const request = 'MessageRetentionPeriod=60, ReceiveMessage from 65 s to 3 min later';
  await kit.occasion.wait(retentionMs + 5_000);
  for (;;) {
    const left = await kit.receive(url);
    const age = `${Math.round((kit.occasion.nowMs() - sentMs) / 1_000)} s after the send`;
    if (left.length === 0) {
      // Silence is an answer only of a queue that hands out what it has.
      await kit.send(url, sentinel);
      const later = await kit.collect(url, 1, 8_000);
      const old = later.filter((message) => !isSentinel(message));
      if (old.length > 0) return judged(false, request, `${bodiesOf(old)} later than ${age}`);
      established(later.length > 0, 'a message that is sent afterwards is received');
      return judged(true, request, `nothing ${age}`);
    }
    if (kit.occasion.nowMs() - sentMs > 3 * retentionMs) {
      return judged(false, request, `${bodiesOf(left)} ${age}`);
    }
    await kit.occasion.wait(5_000);
  }
}

async function inFlightBound(kit: QueueKit): Promise<ClauseAnswer> {
  const QueueUrl = await kit.queue({ VisibilityTimeout: '43200' });
  let left = inFlightMost / 10 + 1;
  await together(async () => {
    left -= 1;
    if (left < 0) return false;
    const Entries = Array.from({ length: 10 }, (_, at) => ({ Id: `${at}`, MessageBody: 'm' }));
    await kit.client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    return true;
  });
  const request = `ReceiveMessage of ${inFlightMost + 10} messages, none deleted`;
  let inFlight = 0;
  let refusal: ClauseAnswer | undefined;
  await together(async () => {
    const received = await answered(
      kit.client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 })),
    );
    if (received.is === 'refused') {
      const where = `${received.name} with ${inFlight} in flight`;
      const isTheBound = received.name.endsWith('OverLimit') && inFlight >= inFlightMost;
      refusal ??= isTheBound ? kept(request, where) : refusalOf(request, received);
      return false;
    }
    const got = received.value.Messages?.length ?? 0;
    inFlight += got;
    return got > 0;
  });
  if (refusal !== undefined) return refusal;
  return inFlight > inFlightMost
    ? notModelled(request, `${inFlight} in flight, and none refused`)
    : inconclusive(request, `nothing more with ${inFlight} in flight`);
}

/** Calls beside each other until one says that there is nothing more to do. */
async function together(call: () => Promise<boolean>): Promise<void> {
  const worker = async (): Promise<void> => {
    while (await call());
  };
  await Promise.all(Array.from({ length: callsAtOnce }, worker));
}
