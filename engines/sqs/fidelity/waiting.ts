import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import {
  answered,
  deviates,
  established,
  inconclusive,
  judged,
  kept,
  mustRefuse,
} from '../../aws/fidelity/answers.ts';
import { tooSlow } from '../../aws/fidelity/lateness.ts';
import type { ClauseAnswer } from '../../fidelity.ts';
import { bodiesOf, guide, queueClauses, type QueueKit, reference } from './kit.ts';

const delayPage = `${guide}/sqs-delay-queues.html`;
const timerPage = `${guide}/sqs-message-timers.html`;
const sendPage = `${reference}/API_SendMessage.html`;
const receivePage = `${reference}/API_ReceiveMessage.html`;
const delayMs = 2_000;
const graceMs = 8_000;

export const waiting = queueClauses('Delay and long poll', [
  {
    id: 'delay-of-queue',
    says: 'A delay queue hides each message for its DelaySeconds after it was sent.',
    source: delayPage,
    ask: async (kit) =>
      delayed(kit, await kit.queue({ DelaySeconds: '2' }), {}, 'queue’s DelaySeconds=2'),
  },
  {
    id: 'delay-of-message',
    says: 'The DelaySeconds of a message goes before that of its queue.',
    source: timerPage,
    ask: async (kit) =>
      delayed(kit, await kit.queue(), { DelaySeconds: 2 }, 'SendMessage with DelaySeconds=2'),
  },
  {
    id: 'delay-zero-of-message',
    says: 'A message with DelaySeconds 0 in a delay queue is there at once.',
    source: timerPage,
    ask: async (kit) => {
      const url = await kit.queue({ DelaySeconds: '60' });
      await kit.send(url, 'one', { DelaySeconds: 0 });
      const found = await kit.collect(url, 1, 4_000);
      const answer = found.length === 1 ? 'received' : 'nothing in 4 s';
      return judged(found.length === 1, 'SendMessage with DelaySeconds=0, queue’s is 60', answer);
    },
  },
  {
    id: 'delay-bound',
    says: 'A delay is at most 900 seconds.',
    source: sendPage,
    ask: async (kit) => {
      const QueueUrl = await kit.queue();
      const late = new SendMessageCommand({ QueueUrl, MessageBody: 'one', DelaySeconds: 901 });
      return mustRefuse('SendMessage with DelaySeconds=901', await answered(kit.client.send(late)));
    },
  },
  {
    id: 'delay-fifo-message',
    says: 'A message of a FIFO queue has no DelaySeconds of its own.',
    source: sendPage,
    ask: async (kit) => {
      const late = new SendMessageCommand({
        QueueUrl: await kit.fifo(),
        MessageBody: 'one',
        MessageGroupId: 'g',
        MessageDeduplicationId: 'd',
        DelaySeconds: 5,
      });
      const request = 'SendMessage with DelaySeconds=5 to a FIFO queue';
      return mustRefuse(request, await answered(kit.client.send(late)));
    },
  },
  {
    id: 'long-poll-ends-with-message',
    says: 'A long poll is answered as soon as a message is there.',
    source: `${guide}/sqs-short-and-long-polling.html`,
    ask: pollEnds,
  },
  {
    id: 'long-poll-waits',
    says: 'A long poll that finds nothing is answered when its WaitTimeSeconds are over.',
    source: `${guide}/sqs-short-and-long-polling.html`,
    ask: async (kit) => {
      const url = await kit.queue();
      const fromMs = kit.occasion.nowMs();
      const found = await kit.receive(url, { WaitTimeSeconds: 2 });
      const tookMs = kit.occasion.nowMs() - fromMs;
      const answer = `${bodiesOf(found)} after ${(tookMs / 1_000).toFixed(1)} s`;
      const isRight = found.length === 0 && tookMs >= 1_900;
      return judged(isRight, 'ReceiveMessage with WaitTimeSeconds=2 of an empty queue', answer);
    },
  },
  {
    id: 'long-poll-bound',
    says: 'A long poll waits at most 20 seconds.',
    source: receivePage,
    ask: async (kit) => refusedReceive(kit, { WaitTimeSeconds: 21 }),
  },
  {
    id: 'receive-bound',
    says: 'A receive asks for at most ten messages.',
    source: receivePage,
    ask: async (kit) => refusedReceive(kit, { MaxNumberOfMessages: 11 }),
  },
]);

async function refusedReceive(
  kit: QueueKit,
  more: Readonly<Record<string, number>>,
): Promise<ClauseAnswer> {
  const url = await kit.queue();
  // There is something to receive: who does not look at the bound would answer at once.
  await kit.send(url, 'one');
  const [[name, value] = ['', 0]] = Object.entries(more);
  const command = new ReceiveMessageCommand({ QueueUrl: url, ...more });
  return mustRefuse(
    `ReceiveMessage with ${name}=${value}`,
    await answered(kit.client.send(command)),
  );
}

/** While the poll goes on the target is asked other things: what it and the machine take for them is known. */
async function pollEnds(kit: QueueKit): Promise<ClauseAnswer> {
  const url = await kit.queue();
  const request = 'ReceiveMessage with WaitTimeSeconds=10, SendMessage 1 s later';
  const hasStalled = kit.lateness.watch();
  const state = { isOpen: true };
  const close = (): void => {
    state.isOpen = false;
  };
  const poll = kit.receive(url, { WaitTimeSeconds: 10 });
  poll.then(close, close);
  await kit.occasion.wait(1_000);
  const sentMs = kit.occasion.nowMs();
  await kit.send(url, 'one');
  while (state.isOpen) {
    await kit.occasion.wait(200);
    if (state.isOpen) await kit.attributes(url);
  }
  const found = await poll;
  const tookMs = kit.occasion.nowMs() - sentMs;
  const answer = `${bodiesOf(found)} ${(tookMs / 1_000).toFixed(1)} s after the send`;
  if (found.length === 1 && tookMs < 5_000) return kept(request, answer);
  return hasStalled() ? inconclusive(request, `${answer}: ${tooSlow}`) : deviates(request, answer);
}

/** The delay begins with the send, and no earlier. */
async function delayed(
  kit: QueueKit,
  url: string,
  more: { readonly DelaySeconds?: number },
  request: string,
): Promise<ClauseAnswer> {
  const fromMs = kit.occasion.nowMs();
  const sinceMs = (): number => kit.occasion.nowMs() - fromMs;
  const hasStalled = kit.lateness.watch();
  await kit.send(url, 'one', more);
  let wasHidden = false;
  for (;;) {
    const lookedMs = sinceMs();
    const found = await kit.receive(url, { WaitTimeSeconds: 0 });
    const foundMs = sinceMs();
    established(found.length < 2, 'one message, received once');
    if (found.length === 0 && foundMs < delayMs) wasHidden = true;
    if (found.length === 1) {
      const after = `received after ${(foundMs / 1_000).toFixed(1)} s`;
      if (foundMs < delayMs) return deviates(request, after);
      if (wasHidden) return kept(request, after);
      return inconclusive(request, `${after}, and nobody looked before: ${tooSlow}`);
    }
    if (lookedMs > delayMs + graceMs) {
      const missed = 'not received in 10 s';
      if (hasStalled()) return inconclusive(request, `${missed}: ${tooSlow}`);
      return deviates(request, missed);
    }
    await kit.occasion.wait(200);
  }
}
