/** Bodies of the log's requests and answers; writer and reader of each stand together. */
import {
  type PartitionOffset,
  type ProducerIdentity,
  type ProducerStamp,
  readIdentity,
  readOffsets,
  readStamp,
  readTransactionEnd,
  type TransactionEnd,
  transactionEnds,
  writeIdentity,
  writeOffsets,
  writeStamp,
} from '../log/entries.ts';
import type { FetchRequest } from '../log/fetches.ts';
import { BatchView } from './batch.ts';
import { type ByteReader, ByteWriter, ProtocolError } from './bytes.ts';
import { readIsolation, writeIsolation } from './topic-messages.ts';

const acksCodes = ['none', 'leader', 'all'] as const;
export type Acks = (typeof acksCodes)[number];

export interface ProduceHead {
  readonly acks: Acks;
  readonly topic: number;
  readonly partition: number;
  readonly stamp: ProducerStamp;
}

/** The batch follows and ends the frame. */
export function writeProduceHead(to: ByteWriter, head: ProduceHead): ByteWriter {
  to.u8(acksCodes.indexOf(head.acks)).u32(head.topic).u16(head.partition);
  return writeStamp(to, head.stamp);
}

export function readProduce(from: ByteReader): ProduceHead & { readonly batch: BatchView } {
  const acks = acksCodes[from.u8()];
  if (acks === undefined) throw new ProtocolError('an unknown kind of acknowledgement');
  const head = { acks, topic: from.u32(), partition: from.u16(), stamp: readStamp(from) };
  return { ...head, batch: BatchView.parse(from.rest()) };
}

export function writeFetch(to: ByteWriter, request: FetchRequest): ByteWriter {
  to.u32(request.topic).u32(request.maxMessages).u32(request.maxBytes).u32(request.maxWaitMs);
  writeIsolation(to, request.isolation);
  return writeOffsets(to, request.positions);
}

export function readFetch(from: ByteReader): FetchRequest {
  const topic = from.u32();
  const maxMessages = from.u32();
  const maxBytes = from.u32();
  const maxWaitMs = from.u32();
  const isolation = readIsolation(from);
  const positions = readOffsets(from);
  from.end();
  return { topic, maxMessages, maxBytes, maxWaitMs, isolation, positions };
}

/** Before each batch of a fetch's answer: partition, offset of its first message, its length. */
export function writeFetchedHead(partition: number, baseOffset: number, bytes: number): Buffer {
  return new ByteWriter(14).u16(partition).u64(baseOffset).u32(bytes).finish();
}

export interface FetchedPart {
  readonly partition: number;
  readonly baseOffset: number;
  readonly batch: BatchView;
}

export function readFetched(from: ByteReader): FetchedPart[] {
  const parts: FetchedPart[] = [];
  for (let left = from.u16(); left > 0; left -= 1) {
    const partition = from.u16();
    const baseOffset = from.u64();
    parts.push({ partition, baseOffset, batch: BatchView.parse(from.bytes(from.u32())) });
  }
  from.end();
  return parts;
}

export function writeCommit(
  to: ByteWriter,
  generation: number,
  offsets: readonly PartitionOffset[],
): ByteWriter {
  return writeOffsets(to.u32(generation), offsets);
}

export function readCommit(from: ByteReader): { generation: number; offsets: PartitionOffset[] } {
  const request = { generation: from.u32(), offsets: readOffsets(from) };
  from.end();
  return request;
}

/** Answered with the producer's identity. */
export interface InitTransactions {
  readonly transactionalId: string;
  readonly timeoutMs: number;
}

export function writeInitTransactions(to: ByteWriter, request: InitTransactions): ByteWriter {
  return to.text(request.transactionalId).u32(request.timeoutMs);
}

export function readInitTransactions(from: ByteReader): InitTransactions {
  const transactionalId = from.text();
  const request = { transactionalId, timeoutMs: from.u32() };
  from.end();
  return request;
}

export interface IncludeOffsets {
  readonly identity: ProducerIdentity;
  readonly generation: number;
  readonly offsets: readonly PartitionOffset[];
}

export function writeIncludeOffsets(to: ByteWriter, request: IncludeOffsets): ByteWriter {
  return writeCommit(writeIdentity(to, request.identity), request.generation, request.offsets);
}

export function readIncludeOffsets(from: ByteReader): IncludeOffsets {
  return { identity: readIdentity(from), ...readCommit(from) };
}

/** Answered with the identity of the producer's next transaction. */
export interface EndTransaction {
  readonly identity: ProducerIdentity;
  readonly end: TransactionEnd;
}

export function writeEndTransaction(to: ByteWriter, request: EndTransaction): ByteWriter {
  return writeIdentity(to, request.identity).u8(transactionEnds.indexOf(request.end));
}

export function readEndTransaction(from: ByteReader): EndTransaction {
  const identity = readIdentity(from);
  const request = { identity, end: readTransactionEnd(from) };
  from.end();
  return request;
}
