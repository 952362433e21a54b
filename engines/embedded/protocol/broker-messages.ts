/** Bodies of the routing broker's requests and answers; writer and reader of each stand together. */
import type { ConsumerSpec } from '../broker/consumer.ts';
import type { CopyDelivery } from '../broker/copy-delivery.ts';
import { type PublishRequest, settleHows, type SettleRequest } from '../broker/requests.ts';
import { BatchView } from './batch.ts';
import { type ByteReader, ByteWriter, ProtocolError } from './bytes.ts';

const Flag = { mandatory: 1, persistent: 2 } as const;

/** The batch follows and ends the frame. */
export function writePublishHead(to: ByteWriter, request: PublishRequest): ByteWriter {
  const flags =
    (request.mandatory ? Flag.mandatory : 0) | (request.persistent ? Flag.persistent : 0);
  return to.u32(request.exchange).u8(flags).u8(request.priority);
}

export function readPublish(from: ByteReader): { request: PublishRequest; batch: BatchView } {
  const exchange = from.u32();
  const flags = from.u8();
  const request = {
    exchange,
    mandatory: (flags & Flag.mandatory) !== 0,
    persistent: (flags & Flag.persistent) !== 0,
    priority: from.u8(),
  };
  return { request, batch: BatchView.parse(from.rest()) };
}

/** Both lists are empty where all went well. */
export function writePublished(of: {
  readonly returned: readonly number[];
  readonly refused: readonly number[];
}): Buffer {
  const to = new ByteWriter(16);
  for (const slots of [of.returned, of.refused]) {
    to.u32(slots.length);
    for (const slot of slots) to.u32(slot);
  }
  return to.finish();
}

export function readPublished(from: ByteReader): {
  returned: ReadonlySet<number>;
  refused: ReadonlySet<number>;
} {
  const returned = new Set(readList(from, () => from.u32()));
  const refused = new Set(readList(from, () => from.u32()));
  from.end();
  return { returned, refused };
}

export function writeSubscribe(to: ByteWriter, spec: ConsumerSpec): ByteWriter {
  to.u32(spec.queue).u8(spec.acknowledge === 'automatic' ? 1 : 0);
  return to.u32(spec.prefetch).u8(spec.exclusive ? 1 : 0);
}

export function readSubscribe(from: ByteReader): ConsumerSpec {
  const queue = from.u32();
  const acknowledge = from.u8() === 1 ? 'automatic' : 'manual';
  const prefetch = from.u32();
  const exclusive = from.u8() === 1;
  from.end();
  if (prefetch === 0 && acknowledge === 'manual') {
    throw new ProtocolError('a consumer that may never hold anything');
  }
  return { queue, acknowledge, prefetch, exclusive };
}

export function writeGrant(to: ByteWriter, consumer: number, credit: number): ByteWriter {
  return to.u32(consumer).u32(credit);
}

export function readGrant(from: ByteReader): { consumer: number; credit: number } {
  const request = { consumer: from.u32(), credit: from.u32() };
  from.end();
  return request;
}

export function writeSettle(to: ByteWriter, { consumer, how, tags }: SettleRequest): ByteWriter {
  to.u32(consumer).u8(settleHows.indexOf(how)).u32(tags.length);
  for (const tag of tags) to.u64(tag);
  return to;
}

export function readSettle(from: ByteReader): SettleRequest {
  const consumer = from.u32();
  const how = settleHows[from.u8()];
  if (how === undefined) throw new ProtocolError('an unknown kind of settlement');
  const tags = readList(from, () => from.u64());
  from.end();
  return { consumer, how, tags };
}

const deliveryRowBytes = 24;

export function deliveryBytes({ key, headers, body }: CopyDelivery): number {
  return deliveryRowBytes + (key?.length ?? 0) + (headers?.length ?? 0) + body.length;
}

/**
 * u32 consumer | u32 count | per copy: u64 tag | u32 attempt | u32 key bytes + 1, 0 for no key |
 * u32 header bytes | u32 body bytes | key, headers, body.
 */
export function writeDeliveries(consumer: number, copies: readonly CopyDelivery[]): Buffer {
  const bytes = copies.reduce((sum, copy) => sum + deliveryBytes(copy), 8);
  const to = new ByteWriter(bytes).u32(consumer).u32(copies.length);
  for (const { tag, attempt, key, headers, body } of copies) {
    to.u64(tag).u32(attempt);
    to.u32(key === undefined ? 0 : key.length + 1);
    to.u32(headers?.length ?? 0).u32(body.length);
    if (key !== undefined) to.bytes(key);
    if (headers !== undefined) to.bytes(headers);
    to.bytes(body);
  }
  return to.finish();
}

export function readDeliveries(from: ByteReader): { consumer: number; copies: CopyDelivery[] } {
  const consumer = from.u32();
  const copies = readList(from, () => readDelivery(from));
  from.end();
  return { consumer, copies };
}

function readDelivery(from: ByteReader): CopyDelivery {
  const tag = from.u64();
  const attempt = from.u32();
  const keyBytes = from.u32();
  const headerBytes = from.u32();
  const bodyBytes = from.u32();
  const key = keyBytes === 0 ? undefined : from.bytes(keyBytes - 1);
  const headers = headerBytes === 0 ? undefined : from.bytes(headerBytes);
  return { tag, attempt, key, headers, body: from.bytes(bodyBytes) };
}

function readList<T>(from: ByteReader, read: () => T): T[] {
  const list: T[] = [];
  for (let left = from.u32(); left > 0; left -= 1) list.push(read());
  return list;
}
