import { createHash } from 'node:crypto';
import type { BatchView } from '../protocol/batch.ts';
import type { QueueAttributes } from '../protocol/queue-attributes.ts';
import { noSendOptions, type SendOptions } from '../protocol/send-options.ts';
import type { DeduplicationWindow, Original } from './deduplication-window.ts';
import type { StoredOptions } from './entries.ts';
import type { SentIds } from './queue-requests.ts';

/** What a message of a send is a copy of: a stored message, or the one in an earlier slot of its batch. */
export type CopyOf = Original | { readonly slot: number };

/** What becomes of the messages of a send. */
export interface Admission {
  /** Those to store, by slot; undefined: all of them, and none has options. */
  readonly stored: readonly StoredOptions[] | undefined;
  /** By slot: the others. */
  readonly copies: ReadonlyMap<number, CopyOf>;
}

const asTheyAre: Admission = { stored: undefined, copies: new Map() };

const takesAll = (): boolean => true;

/** Why a queue cannot take such messages, as a clause; undefined: it can. */
export function whyNot(
  { order, deduplication }: QueueAttributes,
  options: readonly SendOptions[] | undefined,
): string | undefined {
  for (const { group, deduplicationId, delayMs } of options ?? []) {
    if (group !== undefined && order !== 'message-groups') return 'the queue has no message groups';
    if (deduplicationId !== undefined && deduplication.by === 'nothing') {
      return 'the queue recognises no copies';
    }
    // One message that waits would hold up its group, or be overtaken by it.
    if (delayMs > 0 && order === 'message-groups') return 'a FIFO queue delays no single message';
  }
  return undefined;
}

/**
 * Decides what of a batch is new. Changes nothing: the entry that the journal takes does.
 * @param takes the messages that are for this queue at all, by slot
 */
export function admit(
  batch: BatchView,
  options: readonly SendOptions[] | undefined,
  { deduplication, delayMs, retentionMs }: QueueAttributes,
  window: DeduplicationWindow,
  uptimeMs: number,
  takes: (slot: number) => boolean = takesAll,
): Admission {
  const byContent = deduplication.by === 'content';
  // A message that is to be removed some day must tell when it was sent.
  const isPlain = delayMs === 0 && retentionMs === 0 && !byContent;
  if (options === undefined && isPlain && takes === takesAll) return asTheyAre;
  const stored: StoredOptions[] = [];
  const copies = new Map<number, CopyOf>();
  const slotByKey = new Map<string, number>();
  for (let slot = 0; slot < batch.count; slot += 1) {
    if (!takes(slot)) continue;
    const own = options?.[slot] ?? noSendOptions;
    const key = own.deduplicationId ?? (byContent ? contentKey(batch.body(slot)) : undefined);
    const copyOf = key === undefined ? undefined : originalOf(key, slotByKey, window, uptimeMs);
    if (copyOf !== undefined) {
      copies.set(slot, copyOf);
      continue;
    }
    if (key !== undefined) slotByKey.set(key, slot);
    const waitMs = own.delayMs > 0 ? own.delayMs : delayMs;
    const dueMs = waitMs > 0 ? uptimeMs + waitMs : 0;
    stored.push({ slot, group: own.group, deduplicationKey: key, dueMs });
  }
  return { stored, copies };
}

/** SQS developer guide, content-based deduplication: the body counts, attributes do not. */
function contentKey(body: Buffer): string {
  return createHash('sha256').update(body).digest('base64');
}

function originalOf(
  key: string,
  slotByKey: ReadonlyMap<string, number>,
  window: DeduplicationWindow,
  uptimeMs: number,
): CopyOf | undefined {
  const slot = slotByKey.get(key);
  return slot === undefined ? window.find(key, uptimeMs) : { slot };
}

/** Stored messages are numbered from `baseId` on; a copy has its original's number. */
export function sentIds(
  baseId: number,
  count: number,
  copies: ReadonlyMap<number, CopyOf>,
): SentIds {
  if (copies.size === 0) return { baseId, others: [] };
  return inSequence(baseId, idsBySlot(baseId, count, { copies }, takesAll));
}

/** 0 for a message that is not for this queue. */
export function idsBySlot(
  baseId: number,
  count: number,
  { copies }: Pick<Admission, 'copies'>,
  takes: (slot: number) => boolean,
): readonly number[] {
  const ids: number[] = [];
  let next = baseId;
  for (let slot = 0; slot < count; slot += 1) {
    const original = copies.get(slot);
    if (!takes(slot)) ids.push(0);
    else if (original === undefined) {
      ids.push(next);
      next += 1;
    } else ids.push('slot' in original ? (ids[original.slot] ?? 0) : original.id);
  }
  return ids;
}

/** For an answer, in which only what is out of sequence takes space. */
export function inSequence(baseId: number, ids: readonly number[]): SentIds {
  const others = ids.flatMap((id, slot) => (id === baseId + slot ? [] : [{ slot, id }]));
  return { baseId, others };
}

/** The last entry of the journal that the copies rest on; -1 for none. */
export function lastIndexOf(copies: ReadonlyMap<number, CopyOf>): number {
  let last = -1;
  for (const original of copies.values()) {
    if ('index' in original) last = Math.max(last, original.index);
  }
  return last;
}
