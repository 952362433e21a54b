import type { QueueAttributes } from '../protocol/queue-attributes.ts';
import type { Keeps } from '../rules.ts';
import { CallQuota } from './call-quota.ts';
import { DeduplicationWindow } from './deduplication-window.ts';
import { Disorder, DisorderedLine } from './disorder.ts';
import type { SentEntry } from './entries.ts';
import { MessageGroups } from './message-groups.ts';
import { MessageQueue } from './message-queue.ts';
import type { StoredBatch } from '../journal/batch-store.ts';
import type { QueuedMessage } from './queued-message.ts';
import { ArrivalLine } from './ready-line.ts';
import { ReceiveAttempts } from './receive-attempts.ts';
import { WaitingReceives } from './waiting-receives.ts';

/** Everything about one queue. */
export class Queue {
  readonly id: number;
  readonly name: string;
  readonly attributes: QueueAttributes;
  readonly messages: MessageQueue;
  readonly deduplication: DeduplicationWindow;
  readonly disorder: Disorder;
  readonly quota: CallQuota;
  readonly attempts = new ReceiveAttempts();
  readonly waiting = new WaitingReceives();
  readonly #keeps: Keeps;

  constructor(id: number, name: string, attributes: QueueAttributes, keeps: Keeps) {
    this.id = id;
    this.name = name;
    this.attributes = attributes;
    this.#keeps = keeps;
    const { order, deduplication, disorder, deadLetters, retentionMs } = attributes;
    this.disorder = new Disorder(disorder);
    this.quota = new CallQuota(keeps('limit-calls') ? attributes.quota : { kind: 'none' });
    const standard = this.disorder.reorders ? new DisorderedLine(this.disorder) : new ArrivalLine();
    const isFifo = order === 'message-groups';
    const line = isFifo ? new MessageGroups(keeps) : standard;
    const givesUp = deadLetters.kind === 'queue' && keeps('give-up');
    const maxReceives = givesUp ? deadLetters.maxReceives : 0;
    const keptMs = keeps('remove-overaged') ? retentionMs : 0;
    const isKeptLong = keeps('keep-until-overaged');
    const limits = { maxReceives, retentionMs: isKeptLong ? keptMs : keptMs / 4 };
    this.messages = new MessageQueue(line, limits);
    this.deduplication = new DeduplicationWindow(
      deduplication.by === 'nothing' ? 0 : deduplication.windowMs,
      keeps,
    );
  }

  /** Somebody who holds it asks for more time. */
  extend(message: QueuedMessage, untilMs: number): void {
    if (this.#keeps('extend-leases')) this.messages.lease(message, untilMs);
  }

  /** @param index of the journal's entry */
  stored({ baseId, count, optional }: SentEntry, stored: StoredBatch, index: number): void {
    for (let nth = 0; nth < count; nth += 1) {
      const options = optional?.stored[nth];
      const id = baseId + nth;
      const key = options?.deduplicationKey;
      if (key !== undefined && optional !== undefined) {
        this.deduplication.remember(key, { id, index }, optional.uptimeMs);
      }
      this.messages.add({
        id,
        stored,
        slot: options?.slot ?? nth,
        group: options?.group,
        dueMs: this.#keeps('hide-until-due') ? (options?.dueMs ?? 0) : 0,
        sentMs: optional?.uptimeMs ?? 0,
        receiveCount: 0,
        earlierReceives: 0,
        movedBy: undefined,
        movedAfter: 0,
      });
    }
  }
}
