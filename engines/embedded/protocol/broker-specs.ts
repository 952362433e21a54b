/** What exchanges, queues and bindings are declared with, on the wire and in the journal alike. */
import { type ExchangeSpec, exchangeKinds } from '../broker/exchange.ts';
import type { BindingSpec } from '../broker/exchanges/exchange-type.ts';
import type { QueueSpec } from '../broker/queue-spec.ts';
import { type ByteReader, ByteWriter, ProtocolError } from './bytes.ts';

const mostPriority = 255;
const ConsumerFlag = { singleActive: 1, exclusive: 2 } as const;

function writeOptional(to: ByteWriter, value: number | undefined): ByteWriter {
  return to.u64(value === undefined ? 0 : value + 1);
}

function readOptional(from: ByteReader): number | undefined {
  const value = from.u64();
  return value === 0 ? undefined : value - 1;
}

export function writeExchangeSpec(to: ByteWriter, spec: ExchangeSpec): ByteWriter {
  return writeOptional(to.text(spec.name).u8(exchangeKinds.indexOf(spec.kind)), spec.alternate);
}

/** @throws ProtocolError */
export function readExchangeSpec(from: ByteReader): ExchangeSpec {
  const name = from.text();
  const kind = exchangeKinds[from.u8()];
  if (kind === undefined) throw new ProtocolError('an unknown type of exchange');
  return { name, kind, alternate: readOptional(from) };
}

/** @throws RangeError when `maxPriority` is above 255 */
export function writeQueueSpec(to: ByteWriter, spec: QueueSpec): ByteWriter {
  if (spec.maxPriority > mostPriority) throw new RangeError('priorities go up to 255');
  to.text(spec.name);
  writeOptional(to, spec.messageTtlMs);
  writeOptional(to, spec.maxLength);
  writeOptional(to, spec.deliveryLimit);
  writeOptional(to, spec.deadLetterExchange);
  to.u8(spec.overflow === 'reject-publish' ? 1 : 0);
  const singleActive = spec.singleActiveConsumer ? ConsumerFlag.singleActive : 0;
  to.u8(spec.maxPriority).u8(singleActive | (spec.exclusive ? ConsumerFlag.exclusive : 0));
  return to.u8(spec.confirms === 'leader' ? 1 : 0);
}

/** @throws ProtocolError */
export function readQueueSpec(from: ByteReader): QueueSpec {
  const name = from.text();
  const messageTtlMs = readOptional(from);
  const maxLength = readOptional(from);
  const deliveryLimit = readOptional(from);
  const deadLetterExchange = readOptional(from);
  const overflow = from.u8() === 1 ? 'reject-publish' : 'drop-head';
  const maxPriority = from.u8();
  const consumers = from.u8();
  const confirms = from.u8() === 1 ? 'leader' : 'majority';
  return {
    name,
    messageTtlMs,
    maxLength,
    overflow,
    deliveryLimit,
    maxPriority,
    singleActiveConsumer: (consumers & ConsumerFlag.singleActive) !== 0,
    exclusive: (consumers & ConsumerFlag.exclusive) !== 0,
    deadLetterExchange,
    confirms,
  };
}

/** What a queue has got that was declared. */
export interface DeclaredQueue {
  /** The broker's id of it. */
  readonly queue: number;
  readonly replicas: number;
  /** So many of them must store a message before it is handed out. */
  readonly minInSync: number;
}

export function writeDeclaredQueue({ queue, replicas, minInSync }: DeclaredQueue): Buffer {
  return new ByteWriter(6).u32(queue).u8(replicas).u8(minInSync).finish();
}

export function readDeclaredQueue(from: ByteReader): DeclaredQueue {
  return { queue: from.u32(), replicas: from.u8(), minInSync: from.u8() };
}

export function writeBindingSpec(to: ByteWriter, spec: BindingSpec): ByteWriter {
  const headers = Object.entries(spec.headers);
  to.text(spec.key)
    .u8(spec.match === 'any' ? 1 : 0)
    .u16(headers.length);
  for (const [name, value] of headers) to.text(name).text(value);
  return to;
}

/** @throws ProtocolError */
export function readBindingSpec(from: ByteReader): BindingSpec {
  const key = from.text();
  const match = from.u8() === 1 ? 'any' : 'all';
  const headers: [string, string][] = [];
  for (let left = from.u16(); left > 0; left -= 1) headers.push([from.text(), from.text()]);
  return { key, match, headers: Object.fromEntries(headers) };
}
