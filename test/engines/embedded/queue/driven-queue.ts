import {
  BatchView,
  encodeBatch,
  encodeHeaders,
} from '../../../../engines/embedded/protocol/batch.ts';
import type { MessageFilter } from '../../../../engines/embedded/protocol/message-filter.ts';
import { Status } from '../../../../engines/embedded/protocol/protocol.ts';
import {
  type QueueAttributes,
  standardQueue,
} from '../../../../engines/embedded/protocol/queue-attributes.ts';
import {
  noSendOptions,
  type SendOptions,
} from '../../../../engines/embedded/protocol/send-options.ts';
import type { Depth } from '../../../../engines/embedded/queue/message-queue.ts';
import type { QueueBroker } from '../../../../engines/embedded/queue/queue-broker.ts';
import type {
  Received,
  ReceiveRequest,
  Sent,
} from '../../../../engines/embedded/queue/queue-requests.ts';
import { queueBrokerOn } from '../broker-on.ts';
import { MemoryStorage } from '../memory-storage.ts';

export interface Letter extends Partial<SendOptions> {
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Copy {
  readonly id: number;
  readonly receiveCount: number;
  readonly attempt: number;
  readonly body: string;
}

/** What a long poll gets; `copies` stays undefined while it waits. */
export interface Poll {
  copies: readonly Copy[] | undefined;
}

/** One queue of a broker in memory, with its calls in short; a test moves the clock. */
export class DrivenQueue {
  readonly storage = new MemoryStorage();
  readonly #options: NonNullable<Parameters<typeof queueBrokerOn>[1]>;
  readonly leaseMs = 100;
  broker: QueueBroker;
  queue = 0;
  nowMs = 0;

  constructor(
    attributes: Partial<QueueAttributes> = {},
    options: NonNullable<Parameters<typeof queueBrokerOn>[1]> = {},
  ) {
    this.#options = options;
    this.broker = queueBrokerOn(this.storage, options);
    this.queue = this.create('q', attributes);
  }

  /** @returns its id */
  create(name: string, attributes: Partial<QueueAttributes>): number {
    let id = 0;
    this.broker.directory.createQueue(name, { ...standardQueue, ...attributes }, (created) => {
      if (created.status !== Status.ok) throw new Error(created.reason);
      id = created.queue;
    });
    return id;
  }

  createTopic(name: string, to: ReadonlyMap<number, MessageFilter>): number {
    let id = 0;
    this.broker.directory.createTopic(name, (created) => {
      if (created.status !== Status.ok) throw new Error(created.reason);
      id = created.queue;
    });
    for (const [queue, filter] of to) {
      this.broker.directory.attach(id, queue, filter, (attached) => {
        if (attached.status !== Status.ok) throw new Error(attached.reason);
      });
    }
    return id;
  }

  /** The process ends and another one begins, whose clock has nothing to do with the first one's. */
  restart(clockMs = this.nowMs): void {
    this.nowMs = clockMs;
    this.broker = queueBrokerOn(this.storage, this.#options);
  }

  /** The answer, or undefined while there is none. */
  trySend(letters: readonly Letter[], queue = this.queue): { answer: Sent | undefined } {
    const result: { answer: Sent | undefined } = { answer: undefined };
    const batch = letters.map(({ body, headers }) => ({
      key: undefined,
      headers: encodeHeaders(headers),
      body: Buffer.from(body),
    }));
    const options = letters.map(({ body: _body, headers: _headers, ...own }) => ({
      ...noSendOptions,
      ...own,
    }));
    this.broker.send(queue, BatchView.parse(encodeBatch(batch)), options, this.nowMs, (sent) => {
      result.answer = sent;
    });
    return result;
  }

  /** @returns the ids of all messages, in their order */
  send(letters: readonly Letter[], queue = this.queue): readonly number[] {
    const { answer } = this.trySend(letters, queue);
    if (answer?.status !== Status.ok) throw new Error(answer?.reason ?? 'no answer yet');
    const { baseId, others } = answer;
    const elsewhere = new Map(others.map(({ slot, id }) => [slot, id]));
    return letters.map((_, slot) => elsewhere.get(slot) ?? baseId + slot);
  }

  receive(request: Partial<ReceiveRequest> & { readonly session?: number } = {}): Poll {
    const { session = 1, ...rest } = request;
    const poll: Poll = { copies: undefined };
    const whole: ReceiveRequest = {
      queue: this.queue,
      maxMessages: 10,
      maxBytes: 100_000,
      maxWaitMs: 0,
      attemptId: undefined,
      mode: { kind: 'lease', leaseMs: this.leaseMs },
      ...rest,
    };
    this.broker.receive(session, whole, this.nowMs, (received) => {
      poll.copies = copiesOf(received);
    });
    return poll;
  }

  bodies(request: Partial<ReceiveRequest> = {}): readonly string[] {
    return (this.receive(request).copies ?? []).map(({ body }) => body);
  }

  remove(copies: readonly Copy[], queue = this.queue): readonly number[] {
    let each: readonly number[] = [];
    this.broker.remove(queue, copies, this.nowMs, (settled) => {
      if (settled.status === Status.ok) each = settled.each;
    });
    return each;
  }

  requeue(copies: readonly Copy[]): void {
    this.broker.changeVisibility(this.queue, copies, 0, this.nowMs);
  }

  reject(copies: readonly Copy[]): readonly number[] {
    let each: readonly number[] = [];
    this.broker.reject(this.queue, copies, this.nowMs, (settled) => {
      if (settled.status === Status.ok) each = settled.each;
    });
    return each;
  }

  /** @returns the ids that were moved */
  redrive(from: number, to = this.queue, most = 100): readonly number[] {
    let ids: readonly number[] = [];
    this.broker.redrive(from, to, most, this.nowMs, (redriven) => {
      if (redriven.status !== Status.ok) throw new Error(redriven.reason);
      ids = redriven.ids;
    });
    return ids;
  }

  depth(queue = this.queue): Depth {
    const depth = this.broker.depth(queue, this.nowMs);
    if (depth === undefined) throw new Error('there is no such queue');
    return depth;
  }
}

function copiesOf(received: Received): readonly Copy[] {
  if (received.status !== Status.ok) throw new Error(received.reason);
  return received.messages.map(({ id, receiveCount, attempt, batch, slot }) => ({
    id,
    receiveCount,
    attempt,
    body: batch.body(slot).toString(),
  }));
}
