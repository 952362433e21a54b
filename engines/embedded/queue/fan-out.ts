import { type BatchView, decodeHeaders } from '../protocol/batch.ts';
import { accepts, type MessageFilter } from '../protocol/message-filter.ts';
import { Status } from '../protocol/protocol.ts';
import type { SendOptions } from '../protocol/send-options.ts';
import { admit, idsBySlot, inSequence, lastIndexOf, whyNot } from './admission.ts';
import type { PublishedEntry, SentEntry } from './entries.ts';
import type { Queue } from './queue.ts';
import type { Sent } from './queue-requests.ts';
import type { QueueState } from './queue-state.ts';

/** A name to send to, for queues that get a copy each. */
export interface Topic {
  readonly id: number;
  readonly name: string;
  /** By queue, in the order in which they were attached. */
  readonly filters: Map<number, MessageFilter>;
}

/** What a send to a topic comes to. */
interface FanOut {
  /** One entry for all queues: a crash gives a message to all of them or to none. */
  readonly entry: PublishedEntry;
  /** The last entry of the journal that copies rest on; -1 for none. */
  readonly lastIndex: number;
  /** By message, in the first queue; 0 for one that this queue does not take. */
  readonly ids: readonly number[];
}

/** Why one of the topic's queues cannot take such messages, as a clause; undefined: all can. */
function whyNotAll(
  { filters }: Topic,
  options: readonly SendOptions[] | undefined,
  state: QueueState,
): string | undefined {
  for (const id of filters.keys()) {
    const queue = state.get(id);
    const reason = queue === undefined ? undefined : whyNot(queue.attributes, options);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Decides who gets what; each queue recognises copies for itself. Changes nothing. */
function fanOut(
  topic: Topic,
  batch: BatchView,
  options: readonly SendOptions[] | undefined,
  state: QueueState,
  uptimeMs: number,
): FanOut {
  const headers = Array.from({ length: batch.count }, (_, slot) =>
    decodeHeaders(batch.headers(slot)),
  );
  const filters = state.keeps('filter-copies');
  const sent: SentEntry[] = [];
  let baseId = state.nextId;
  let lastIndex = -1;
  let ids: readonly number[] | undefined;
  for (const [id, filter] of topic.filters) {
    const queue = state.get(id);
    if (queue === undefined) continue;
    const takes = (slot: number): boolean => !filters || accepts(filter, headers[slot]);
    const { attributes, deduplication } = queue;
    deduplication.expire(uptimeMs);
    const admission = admit(batch, options, attributes, deduplication, uptimeMs, takes);
    const stored = admission.stored ?? [];
    lastIndex = Math.max(lastIndex, lastIndexOf(admission.copies));
    ids ??= idsBySlot(baseId, batch.count, admission, takes);
    if (stored.length === 0) continue;
    if (sent.length > 0 && !state.keeps('copy-to-each')) continue;
    const optional = { uptimeMs, stored };
    sent.push({ kind: 'sent', queue: id, baseId, count: stored.length, optional });
    baseId += stored.length;
  }
  const entry = { kind: 'published', queue: topic.id, sent } as const;
  return { entry, lastIndex, ids: ids ?? Array.from({ length: batch.count }, () => 0) };
}

/** Gives each queue of the topic that takes it a copy, all or none. @throws JournalError */
export function publish(
  topic: Topic,
  batch: BatchView,
  options: readonly SendOptions[] | undefined,
  state: QueueState,
  nowMs: number,
  serve: (queue: Queue) => void,
  done: (sent: Sent) => void,
): void {
  const reason = whyNotAll(topic, options, state);
  if (reason !== undefined) return done({ status: Status.badRequest, reason });
  const uptimeMs = Math.ceil(state.uptime.at(nowMs));
  const { entry, lastIndex, ids } = fanOut(topic, batch, options, state, uptimeMs);
  const { sent } = entry;
  const index = sent.length === 0 ? lastIndex : state.store(entry, batch.bytes);
  state.whenCommitted(index, () => {
    for (const { queue, baseId, count } of sent) {
      state.get(queue)?.messages.publish(baseId, count, uptimeMs);
    }
    done({ status: Status.ok, ...inSequence(ids[0] ?? 0, ids) });
    for (const { queue } of sent) {
      const target = state.get(queue);
      if (target !== undefined) serve(target);
    }
  });
}
