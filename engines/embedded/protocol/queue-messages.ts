/** Bodies of the queue's requests and answers; writer and reader of each stand together. */
import { type MoveCause, moveCauses } from '../queue/entries.ts';
import type { Receipt } from '../queue/message-queue.ts';
import type { ReceivedMessage, ReceiveRequest, SentIds } from '../queue/queue-requests.ts';
import { BatchView } from './batch.ts';
import { type ByteReader, ByteWriter, ProtocolError } from './bytes.ts';
import { isRefusal, type Refusal, type Status } from './protocol.ts';
import { readOptions, type SendOptions, writeOptions } from './send-options.ts';

/** The batch follows and ends the frame. @param options one for each message, or undefined */
export function writeSendHead(
  to: ByteWriter,
  queue: number,
  options?: readonly SendOptions[],
): ByteWriter {
  return writeOptions(to.u32(queue), options);
}

/** @throws ProtocolError */
export function readSend(from: ByteReader): {
  queue: number;
  options: readonly SendOptions[] | undefined;
  batch: BatchView;
} {
  const queue = from.u32();
  const options = readOptions(from);
  const batch = BatchView.parse(from.rest());
  if (options !== undefined && options.length !== batch.count) {
    throw new ProtocolError(`options of ${options.length} messages for a batch of ${batch.count}`);
  }
  return { queue, options, batch };
}

/** u64 base id, and per message that is not in sequence: u32 slot | u64 id. */
export function writeSent({ baseId, others }: SentIds): Buffer {
  const to = new ByteWriter(8 + 12 * others.length).u64(baseId);
  for (const { slot, id } of others) to.u32(slot).u64(id);
  return to.finish();
}

/** The ids of so many messages of a send, in their order. @throws ProtocolError */
export function readSent(from: ByteReader, count: number): number[] {
  const baseId = from.u64();
  const ids = Array.from({ length: count }, (_, slot) => baseId + slot);
  while (!from.isAtEnd) {
    const slot = from.u32();
    if (slot >= count) throw new ProtocolError(`an id for message ${slot} of ${count}`);
    ids[slot] = from.u64();
  }
  return ids;
}

export function writeReceive(to: ByteWriter, request: ReceiveRequest): ByteWriter {
  to.u32(request.queue).u32(request.maxMessages).u32(request.maxBytes).u32(request.maxWaitMs);
  if (request.mode.kind === 'lease') to.u8(1).u32(request.mode.leaseMs);
  else to.u8(0).u32(0);
  return to.text(request.attemptId ?? '');
}

export function readReceive(from: ByteReader): ReceiveRequest {
  const queue = from.u32();
  const maxMessages = from.u32();
  const maxBytes = from.u32();
  const maxWaitMs = from.u32();
  const isLease = from.u8() === 1;
  const leaseMs = from.u32();
  const attemptId = from.text() || undefined;
  from.end();
  if (maxMessages === 0 || (isLease && leaseMs === 0)) {
    throw new ProtocolError('a receive of nothing or for no time');
  }
  const mode = isLease ? ({ kind: 'lease', leaseMs } as const) : ({ kind: 'delete' } as const);
  return { queue, maxMessages, maxBytes, maxWaitMs, attemptId, mode };
}

const receivedRowBytes = 41;

/**
 * Per message: u64 id | u32 receive count | u32 attempt | u64 order | u8 why it was moved + 1, 0 for no move |
 * u32 receives in the queue from which it came | u32 key bytes + 1, 0 for no key | u32 header bytes | u32 body bytes | key, headers, body.
 */
export function writeReceived(messages: readonly ReceivedMessage[]): Buffer {
  let bytes = 4;
  for (const { batch, slot } of messages) bytes += receivedRowBytes + batch.messageBytes(slot);
  const to = new ByteWriter(bytes).u32(messages.length);
  for (const { id, receiveCount, attempt, order, movedBy, movedAfter, batch, slot } of messages) {
    const key = batch.key(slot);
    const headers = batch.headers(slot);
    const body = batch.body(slot);
    to.u64(id).u32(receiveCount).u32(attempt).u64(order);
    to.u8(movedBy === undefined ? 0 : moveCauses.indexOf(movedBy) + 1).u32(movedAfter);
    to.u32(key === undefined ? 0 : key.length + 1);
    to.u32(headers?.length ?? 0).u32(body.length);
    if (key !== undefined) to.bytes(key);
    if (headers !== undefined) to.bytes(headers);
    to.bytes(body);
  }
  return to.finish();
}

export interface ReceivedCopy {
  readonly id: number;
  readonly receiveCount: number;
  readonly attempt: number;
  readonly order: number;
  readonly movedBy: MoveCause | undefined;
  readonly movedAfter: number;
  readonly key: Buffer | undefined;
  readonly headers: Buffer | undefined;
  readonly body: Buffer;
}

export function readReceived(from: ByteReader): ReceivedCopy[] {
  const copies: ReceivedCopy[] = [];
  for (let left = from.u32(); left > 0; left -= 1) {
    const id = from.u64();
    const receiveCount = from.u32();
    const attempt = from.u32();
    const order = from.u64();
    const movedBy = moveCauses[from.u8() - 1];
    const movedAfter = from.u32();
    const keyBytes = from.u32();
    const headerBytes = from.u32();
    const bodyBytes = from.u32();
    const key = keyBytes === 0 ? undefined : from.bytes(keyBytes - 1);
    const headers = headerBytes === 0 ? undefined : from.bytes(headerBytes);
    const body = from.bytes(bodyBytes);
    copies.push({ id, receiveCount, attempt, order, movedBy, movedAfter, key, headers, body });
  }
  from.end();
  return copies;
}

export function writeReceipts(
  to: ByteWriter,
  queue: number,
  receipts: readonly Receipt[],
): ByteWriter {
  to.u32(queue).u32(receipts.length);
  for (const { id, receiveCount } of receipts) to.u64(id).u32(receiveCount);
  return to;
}

export function readReceipts(from: ByteReader): { queue: number; receipts: Receipt[] } {
  const queue = from.u32();
  const receipts: Receipt[] = [];
  for (let left = from.u32(); left > 0; left -= 1) {
    receipts.push({ id: from.u64(), receiveCount: from.u32() });
  }
  return { queue, receipts };
}

export interface RedriveRequest {
  readonly from: number;
  readonly to: number;
  readonly most: number;
}

export function writeRedrive(to: ByteWriter, request: RedriveRequest): ByteWriter {
  return to.u32(request.from).u32(request.to).u32(request.most);
}

export function readRedrive(from: ByteReader): RedriveRequest {
  const request = { from: from.u32(), to: from.u32(), most: from.u32() };
  from.end();
  return request;
}

/** The ids of what was moved. */
export function writeIds(ids: readonly number[]): Buffer {
  const to = new ByteWriter(4 + 8 * ids.length).u32(ids.length);
  for (const id of ids) to.u64(id);
  return to.finish();
}

export function readIds(from: ByteReader): number[] {
  const ids: number[] = [];
  for (let left = from.u32(); left > 0; left -= 1) ids.push(from.u64());
  from.end();
  return ids;
}

/** Count of the refused receipts first: 0 is the common answer and needs no row. */
export function writeSettled(each: readonly Status[]): Buffer {
  const refused = each.flatMap((status, index) => (status === 0 ? [] : [{ index, status }]));
  const to = new ByteWriter().u32(refused.length);
  for (const { index, status } of refused) to.u32(index).u16(status);
  return to.finish();
}

/** Which receipts were refused, by their index in the request. */
export function readSettled(from: ByteReader): ReadonlyMap<number, Refusal> {
  const refused = new Map<number, Refusal>();
  for (let left = from.u32(); left > 0; left -= 1) {
    const index = from.u32();
    const status = from.u16();
    if (!isRefusal(status)) throw new ProtocolError(`an unknown refusal ${status}`);
    refused.set(index, status);
  }
  from.end();
  return refused;
}
