import { ChangeMessageVisibilityCommand, DeleteMessageCommand } from '@aws-sdk/client-sqs';
import {
  answered,
  deviates,
  inconclusive,
  judged,
  kept,
  mustRefuse,
  refusalOf,
} from '../../aws/fidelity/answers.ts';
import { tooSlow } from '../../aws/fidelity/lateness.ts';
import type { ClauseAnswer } from '../../fidelity.ts';
import { guide, queueClauses, type QueueKit, reference } from './kit.ts';

const visibilityPage = `${guide}/sqs-visibility-timeout.html`;
const changePage = `${reference}/API_ChangeMessageVisibility.html`;
/** So much later than its lease a message must be there again: no document gives a bound, and seconds are none. */
const graceMs = 8_000;

export const visibility = queueClauses('Visibility timeout', [
  {
    id: 'visibility-default',
    says: 'A queue that says nothing of it has a visibility timeout of 30 seconds.',
    source: visibilityPage,
    ask: async (kit) => {
      const { VisibilityTimeout } = await kit.attributes(await kit.queue());
      return judged(VisibilityTimeout === '30', 'GetQueueAttributes', `${VisibilityTimeout} s`);
    },
  },
  {
    id: 'visibility-hides',
    says: 'A received message is hidden from others for the visibility timeout, and received again after it.',
    source: visibilityPage,
    ask: async (kit) => {
      const url = await kit.queue({ VisibilityTimeout: '2' });
      await kit.send(url, 'one');
      return hiddenFor(kit, url, 2_000, 'ReceiveMessage twice, visibility timeout 2 s');
    },
  },
  {
    id: 'visibility-per-receive',
    says: 'The visibility timeout of a receive goes before that of its queue.',
    source: `${reference}/API_ReceiveMessage.html`,
    ask: async (kit) => {
      const url = await kit.queue({ VisibilityTimeout: '30' });
      await kit.send(url, 'one');
      return hiddenFor(kit, url, 1_000, 'ReceiveMessage with VisibilityTimeout=1 of 30 s', 1);
    },
  },
  {
    id: 'visibility-extension',
    says: 'ChangeMessageVisibility hides a message for the new time from the call on.',
    source: changePage,
    ask: async (kit) => {
      const url = await kit.queue({ VisibilityTimeout: '2' });
      await kit.send(url, 'one');
      const { ReceiptHandle } = await kit.first(url);
      const request = 'ChangeMessageVisibility to 4 of 2 s';
      const changedMs = kit.occasion.nowMs();
      const changed = await answered(
        kit.client.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: url,
            ReceiptHandle,
            VisibilityTimeout: 4,
          }),
        ),
      );
      if (changed.is === 'refused') return refusalOf(request, changed);
      return comesBack(kit, url, { request, fromMs: changedMs, hiddenMs: 4_000, seenMs: 2_500 });
    },
  },
  {
    id: 'visibility-zero',
    says: 'A visibility timeout of 0 gives a message back at once.',
    source: visibilityPage,
    ask: async (kit) => {
      const url = await kit.queue({ VisibilityTimeout: '60' });
      await kit.send(url, 'one');
      const { ReceiptHandle } = await kit.first(url);
      const request = 'ChangeMessageVisibility to 0 of 60 s, ReceiveMessage';
      const changed = await answered(
        kit.client.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: url,
            ReceiptHandle,
            VisibilityTimeout: 0,
          }),
        ),
      );
      if (changed.is === 'refused') return refusalOf(request, changed);
      const again = await kit.collect(url, 1, 4_000);
      return judged(
        again.length === 1,
        request,
        again.length === 1 ? 'received' : 'nothing in 4 s',
      );
    },
  },
  {
    id: 'visibility-bound',
    says: 'A visibility timeout is at most 43,200 seconds.',
    source: changePage,
    ask: async (kit) => {
      const url = await kit.queue();
      await kit.send(url, 'one');
      const { ReceiptHandle } = await kit.first(url);
      const change = new ChangeMessageVisibilityCommand({
        QueueUrl: url,
        ReceiptHandle,
        VisibilityTimeout: 43_201,
      });
      return mustRefuse(
        'ChangeMessageVisibility to 43,201',
        await answered(kit.client.send(change)),
      );
    },
  },
  {
    id: 'visibility-not-in-flight',
    says: 'The visibility of a message that is not in flight cannot be changed.',
    source: changePage,
    ask: async (kit) => {
      const url = await kit.queue({ VisibilityTimeout: '1' });
      await kit.send(url, 'one');
      const { ReceiptHandle } = await kit.first(url);
      await kit.client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
      const change = new ChangeMessageVisibilityCommand({
        QueueUrl: url,
        ReceiptHandle,
        VisibilityTimeout: 5,
      });
      return mustRefuse(
        'ChangeMessageVisibility of a deleted message',
        await answered(kit.client.send(change)),
      );
    },
  },
]);

/** Receives the one message of a queue, and then what comes until it is there again. */
async function hiddenFor(
  kit: QueueKit,
  url: string,
  hiddenMs: number,
  request: string,
  VisibilityTimeout?: number,
): Promise<ClauseAnswer> {
  const fromMs = kit.occasion.nowMs();
  const more = VisibilityTimeout === undefined ? {} : { VisibilityTimeout };
  await kit.first(url, { ...more, WaitTimeSeconds: 0 });
  return comesBack(kit, url, { request, fromMs, hiddenMs, seenMs: 0 });
}

interface Lease {
  readonly request: string;
  /** Before the call that hides the message: the lease begins no earlier. */
  readonly fromMs: number;
  readonly hiddenMs: number;
  /** So long after it somebody has to have looked in vain, or nothing shows that the message was hidden. */
  readonly seenMs: number;
}

/** Looks every now and then. A look that ended before the lease can have and found it is a look too early. */
async function comesBack(kit: QueueKit, url: string, lease: Lease): Promise<ClauseAnswer> {
  const { request, fromMs, hiddenMs, seenMs } = lease;
  const sinceMs = (): number => kit.occasion.nowMs() - fromMs;
  const hasStalled = kit.lateness.watch();
  let hidUntilMs = -1;
  for (;;) {
    const lookedMs = sinceMs();
    const [message] = await kit.receive(url, { WaitTimeSeconds: 0 });
    const foundMs = sinceMs();
    if (message !== undefined) {
      const after = `received again after ${(foundMs / 1_000).toFixed(1)} s`;
      if (foundMs < hiddenMs) return deviates(request, after);
      if (hidUntilMs >= seenMs) return kept(request, after);
      return inconclusive(request, `${after}, and nobody looked before: ${tooSlow}`);
    }
    if (foundMs < hiddenMs) hidUntilMs = lookedMs;
    if (lookedMs > hiddenMs + graceMs) {
      const missed = `not received again in ${(foundMs / 1_000).toFixed(1)} s`;
      if (hasStalled()) return inconclusive(request, `${missed}: ${tooSlow}`);
      return deviates(request, missed);
    }
    await kit.occasion.wait(200);
  }
}
