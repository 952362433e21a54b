import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import {
  answered,
  established,
  inconclusive,
  judged,
  refusalAfterCrash,
} from '../../aws/fidelity/answers.ts';
import type { ClauseAnswer } from '../../fidelity.ts';
import { guide, queueClauses, type QueueKit } from './kit.ts';

const messages = 20;
const readMs = 5_000;

export const crashes = queueClauses('Over a crash', [
  {
    id: 'kept-over-a-crash',
    says: 'What was acknowledged is there, also when a part of the service fails right after it.',
    source: `${guide}/standard-queues.html`,
    manner: 'crashes',
    ask: async (kit) => {
      const url = await kit.queue();
      const request = `kill -9 after the last of ${messages} acknowledged sends, ReceiveMessage`;
      const bodies = Array.from({ length: messages }, (_, at) => `m${at}`);
      for (const body of bodies) await kit.send(url, body);
      const lost = await crashed(kit, url, request);
      if (lost !== undefined) return lost;
      const got = new Set((await kit.collect(url, messages, readMs)).map(({ Body }) => Body));
      const found = bodies.filter((body) => got.has(body)).length;
      return judged(found === messages, request, `${found} of ${messages}`);
    },
  },
  {
    id: 'dedup-over-a-crash',
    says: 'A copy is recognised for five minutes, also when a part of the service fails in between.',
    source: `${guide}/FIFO-queues-exactly-once-processing.html`,
    manner: 'crashes',
    ask: async (kit) => {
      const url = await kit.fifo();
      const request = 'SendMessage, kill -9, SendMessage with the same id';
      await kit.sendTo(url, 'g', 'one', 'same');
      // Later than a write that is put off: what is asked is whether the id outlives the process.
      await kit.occasion.wait(2_000);
      const lost = await crashed(kit, url, request);
      if (lost !== undefined) return lost;
      await kit.sendTo(url, 'g', 'two', 'same');
      // Deleted, because what is in flight would hide a copy of its group.
      const got = await kit.drain(url, 1, readMs);
      established(
        got.some(({ Body }) => Body === 'one'),
        'the first message outlives the crash',
      );
      return judged(got.length === 1, request, got.map(({ Body }) => Body).join(', '));
    },
  },
]);

/** Kills the target's process and starts it again. @returns an answer where there is nothing left to ask */
async function crashed(
  kit: QueueKit,
  url: string,
  request: string,
): Promise<ClauseAnswer | undefined> {
  const { crash } = kit.occasion;
  if (crash === undefined) {
    return inconclusive(request, 'nobody here may kill what somebody else has started');
  }
  await crash();
  const QueueName = url.slice(url.lastIndexOf('/') + 1);
  const there = await answered(kit.client.send(new GetQueueUrlCommand({ QueueName })));
  if (there.is === 'ok') return undefined;
  return refusalAfterCrash(request, 'queue', there);
}
