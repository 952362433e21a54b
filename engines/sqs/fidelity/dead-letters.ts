import {
  CreateQueueCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import {
  answered,
  deviates,
  established,
  inconclusive,
  judged,
  kept,
  mustRefuse,
  refusalBefore,
  refusalOf,
} from '../../aws/fidelity/answers.ts';
import { tooSlow } from '../../aws/fidelity/lateness.ts';
import { bodiesOf, guide, queueClauses, type QueueKit, reference } from './kit.ts';

const page = `${guide}/sqs-dead-letter-queues.html`;
const movePage = `${reference}/API_StartMessageMoveTask.html`;
const moveMs = 10_000;

export const deadLetters = queueClauses('Dead letters', [
  {
    id: 'dead-letter',
    says: 'What was received maxReceiveCount times and not deleted is moved to the dead-letter queue.',
    source: page,
    ask: async (kit) => {
      const { source, letters } = await pair(kit, 2);
      await kit.send(source, 'one');
      const request = 'maxReceiveCount 2, ReceiveMessage three times';
      const received = await kit.collect(source, 2, 8_000);
      established(received.length === 2, 'two receives of a message');
      // The move is due when it would be received once more.
      const third = await kit.collect(source, 1, 4_000);
      if (third.length > 0) return deviates(request, 'received a third time');
      const dead = await kit.collect(letters, 1, 4_000);
      return judged(dead.length === 1, request, `${bodiesOf(dead)} in the dead-letter queue`);
    },
  },
  {
    id: 'dead-letter-identity',
    says: 'A dead letter keeps its message id, and says which queue it comes from.',
    source: `${reference}/API_ReceiveMessage.html`,
    ask: async (kit) => {
      const { source, sourceArn, letters } = await pair(kit, 1);
      const { MessageId } = await kit.send(source, 'one');
      const dead = await oneDead(kit, source, letters);
      const from = dead.Attributes?.DeadLetterQueueSourceArn;
      const isSame = dead.MessageId === MessageId;
      const answer = `${isSame ? 'the same id' : 'another id'}, from ${from ?? 'nobody'}`;
      return judged(isSame && from === sourceArn, 'ReceiveMessage of a dead letter', answer);
    },
  },
  {
    id: 'dead-letter-move-back',
    says: 'StartMessageMoveTask moves dead letters back to the queue that they come from.',
    source: movePage,
    ask: async (kit) => {
      const { source, letters, lettersArn } = await pair(kit, 1);
      await kit.send(source, 'one');
      await untilDead(kit, source, letters);
      const request = 'StartMessageMoveTask, ReceiveMessage of the queue';
      const moved = await answered(
        kit.client.send(new StartMessageMoveTaskCommand({ SourceArn: lettersArn })),
      );
      if (moved.is === 'refused') return refusalOf(request, moved);
      const back = await kit.collect(source, 1, moveMs);
      return judged(back.length === 1, request, `${bodiesOf(back)} in the queue`);
    },
  },
  {
    id: 'dead-letter-move-told',
    says: 'ListMessageMoveTasks tells of a task that is done how many messages it moved.',
    source: `${reference}/API_ListMessageMoveTasks.html`,
    ask: async (kit) => {
      const { source, letters, lettersArn } = await pair(kit, 1);
      await kit.send(source, 'one');
      await untilDead(kit, source, letters);
      const request = 'StartMessageMoveTask, ListMessageMoveTasks';
      const started = await answered(
        kit.client.send(new StartMessageMoveTaskCommand({ SourceArn: lettersArn })),
      );
      if (started.is === 'refused') return refusalBefore(request, started);
      const untilMs = kit.occasion.nowMs() + moveMs;
      const hasStalled = kit.lateness.watch();
      let answer = 'no task';
      while (kit.occasion.nowMs() < untilMs) {
        const list = new ListMessageMoveTasksCommand({ SourceArn: lettersArn });
        const told = await kit.lateness.of(0, () => answered(kit.client.send(list)));
        if (told.is === 'refused') return refusalOf(request, told);
        const [task] = told.value.Results ?? [];
        answer = `${task?.Status}, ${task?.ApproximateNumberOfMessagesMoved} moved`;
        if (answer === 'COMPLETED, 1 moved') return kept(request, answer);
        await kit.occasion.wait(500);
      }
      if (hasStalled()) return inconclusive(request, `${answer}: ${tooSlow}`);
      return deviates(request, answer);
    },
  },
  {
    id: 'dead-letter-move-source',
    says: 'A queue that is no dead-letter queue is no source of a move.',
    source: movePage,
    ask: async (kit) => {
      const url = await kit.queue();
      const { QueueArn } = await kit.attributes(url);
      const request = 'StartMessageMoveTask of an ordinary queue';
      const call = kit.client.send(new StartMessageMoveTaskCommand({ SourceArn: QueueArn }));
      const moved = await answered(call).catch(() => undefined);
      if (moved !== undefined) return mustRefuse(request, moved);
      // Silence is an answer only of who answers other calls.
      await kit.attributes(url);
      return deviates(request, 'no answer in 15 s, while another call is answered');
    },
  },
  {
    id: 'dead-letter-of-fifo',
    says: 'The dead-letter queue of a FIFO queue is a FIFO queue.',
    source: page,
    ask: async (kit) => {
      const { QueueArn: deadLetterTargetArn } = await kit.attributes(await kit.queue());
      established(deadLetterTargetArn !== undefined, 'a queue with an ARN');
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
      const made = await answered(
        kit.client.send(
          new CreateQueueCommand({
            QueueName: `${kit.nextName()}.fifo`,
            Attributes: { FifoQueue: 'true', RedrivePolicy },
          }),
        ),
      );
      if (made.is === 'ok') kit.remember(made.value.QueueUrl);
      return mustRefuse('CreateQueue of a FIFO queue with a standard dead-letter queue', made);
    },
  },
]);

/** A queue with leases of a second, and its dead-letter queue. */
async function pair(kit: QueueKit, maxReceiveCount: number) {
  const letters = await kit.queue({ VisibilityTimeout: '1' });
  const { QueueArn: lettersArn = '' } = await kit.attributes(letters);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: lettersArn, maxReceiveCount });
  const source = await kit.queue({ VisibilityTimeout: '1', RedrivePolicy });
  const { QueueArn: sourceArn = '' } = await kit.attributes(source);
  return { source, sourceArn, letters, lettersArn };
}

/** The message of a queue with `maxReceiveCount` 1, received and dead. */
async function oneDead(kit: QueueKit, source: string, letters: string) {
  await untilDead(kit, source, letters);
  return kit.first(letters);
}

/** Its dead letter is not received here: what is in flight is not moved. */
async function untilDead(kit: QueueKit, source: string, letters: string): Promise<void> {
  await kit.first(source);
  await kit.occasion.wait(1_200);
  const more = await kit.receive(source);
  established(more.length === 0, 'a message that was received once is no longer in its queue');
  const untilMs = kit.occasion.nowMs() + moveMs;
  while (kit.occasion.nowMs() < untilMs) {
    const { ApproximateNumberOfMessages: dead } = await kit.attributes(letters);
    if (dead === '1') return;
    await kit.occasion.wait(200);
  }
  established(false, 'a dead letter');
}
