import type { MessageFilter } from '../protocol/message-filter.ts';
import { Status } from '../protocol/protocol.ts';
import type { QueueAttributes } from '../protocol/queue-attributes.ts';
import { sourceOf, whyNoDeadLetters } from './dead-letters.ts';
import { type Created, type Done, unknownQueue } from './queue-requests.ts';
import type { QueueState } from './queue-state.ts';

/** Queues, topics, and which queues a topic sends to. */
export class Directory {
  readonly #state: QueueState;

  constructor(state: QueueState) {
    this.#state = state;
  }

  createQueue(name: string, attributes: QueueAttributes, done: (created: Created) => void): void {
    if (this.#state.has(name)) {
      return done({ status: Status.alreadyExists, reason: 'a queue of this name exists' });
    }
    const reason = whyNoDeadLetters(attributes, this.#state);
    if (reason !== undefined) return done({ status: Status.badRequest, reason });
    const queue = this.#state.nextQueue;
    this.#state.record({ kind: 'queue-created', queue, name, attributes }, () =>
      done({ status: Status.ok, queue }),
    );
  }

  /** A topic has queues and no messages. */
  createTopic(name: string, done: (created: Created) => void): void {
    if (this.#state.has(name)) {
      return done({ status: Status.alreadyExists, reason: 'a queue of this name exists' });
    }
    const queue = this.#state.nextQueue;
    this.#state.record({ kind: 'topic-created', queue, name }, () =>
      done({ status: Status.ok, queue }),
    );
  }

  /** From here on the queue gets what is sent to the topic and passes the filter; attached again, by that one. */
  attach(topic: number, to: number, filter: MessageFilter, done: (attached: Done) => void): void {
    if (this.#state.topic(topic) === undefined || this.#state.get(to) === undefined) {
      return done(unknownQueue);
    }
    this.#state.record({ kind: 'attached', queue: topic, to, filter }, () =>
      done({ status: Status.ok }),
    );
  }

  deleteQueue(id: number, done: (deleted: Done) => void): void {
    if (this.#state.topic(id) !== undefined) {
      return this.#state.record({ kind: 'queue-deleted', queue: id }, () =>
        done({ status: Status.ok }),
      );
    }
    const queue = this.#state.get(id);
    if (queue === undefined) return done(unknownQueue);
    const source = sourceOf(queue, this.#state);
    if (source !== undefined) {
      return done({ status: Status.badRequest, reason: `it takes the dead letters of ${source}` });
    }
    this.#state.record({ kind: 'queue-deleted', queue: id }, () => done({ status: Status.ok }));
    for (const waiting of queue.waiting.takeAll()) waiting.done(unknownQueue);
  }
}
