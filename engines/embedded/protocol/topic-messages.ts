/** Bodies of the requests that make, change and ask about the log’s topics. */
import { type Isolation, isolations } from '../log/partition.ts';
import { readPolicy, type TopicPolicy, writePolicy } from '../log/topic-policy.ts';
import { type ByteReader, ByteWriter, ProtocolError } from './bytes.ts';

export interface CreateTopic {
  readonly name: string;
  readonly partitions: number;
  /** What the client wishes; the answer says what it gets. */
  readonly replicas: number;
  readonly minInSync: number;
  readonly policy: TopicPolicy;
}

export interface CreatedTopic {
  readonly topic: number;
  readonly replicas: number;
  readonly minInSync: number;
}

export function writeCreateTopic(to: ByteWriter, request: CreateTopic): ByteWriter {
  to.text(request.name).u16(request.partitions);
  return writePolicy(to.u16(request.replicas).u16(request.minInSync), request.policy);
}

export function readCreateTopic(from: ByteReader): CreateTopic {
  const name = from.text();
  const partitions = from.u16();
  const replicas = from.u16();
  const minInSync = from.u16();
  const policy = readPolicy(from);
  from.end();
  return { name, partitions, replicas, minInSync, policy };
}

export function writeCreatedTopic(answer: CreatedTopic): Buffer {
  return new ByteWriter().u32(answer.topic).u16(answer.replicas).u16(answer.minInSync).finish();
}

export function readCreatedTopic(from: ByteReader): CreatedTopic {
  return { topic: from.u32(), replicas: from.u16(), minInSync: from.u16() };
}

export interface AddPartitions {
  readonly topic: number;
  /** In all. */
  readonly partitions: number;
}

export function writeAddPartitions(to: ByteWriter, request: AddPartitions): ByteWriter {
  return to.u32(request.topic).u16(request.partitions);
}

export function readAddPartitions(from: ByteReader): AddPartitions {
  const request = { topic: from.u32(), partitions: from.u16() };
  from.end();
  return request;
}

export function writeIsolation(to: ByteWriter, isolation: Isolation): ByteWriter {
  return to.u8(isolations.indexOf(isolation));
}

export function readIsolation(from: ByteReader): Isolation {
  const isolation = isolations[from.u8()];
  if (isolation === undefined) throw new ProtocolError('an unknown isolation');
  return isolation;
}

/** Answered with as many ends as the topic has partitions: u16 count, then a u64 each. */
export function writeEndOffsets(to: ByteWriter, topic: number, isolation: Isolation): ByteWriter {
  return writeIsolation(to.u32(topic), isolation);
}

export function readEndOffsets(from: ByteReader): { topic: number; isolation: Isolation } {
  const topic = from.u32();
  const request = { topic, isolation: readIsolation(from) };
  from.end();
  return request;
}

/** Answered, for each partition of the topic, with its start and with its first message of that time or later. */
export interface FindOffsets {
  readonly topic: number;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
}

export function writeFindOffsets(to: ByteWriter, request: FindOffsets): ByteWriter {
  return to.u32(request.topic).u64(request.timeMs);
}

export function readFindOffsets(from: ByteReader): FindOffsets {
  const request = { topic: from.u32(), timeMs: from.u64() };
  from.end();
  return request;
}

export interface FoundOffsets {
  readonly start: number;
  /** The end of the partition where there is no such message. */
  readonly atTime: number;
}

export function writeFoundOffsets(found: readonly FoundOffsets[]): Buffer {
  const to = new ByteWriter().u16(found.length);
  for (const { start, atTime } of found) to.u64(start).u64(atTime);
  return to.finish();
}

export function readFoundOffsets(from: ByteReader): FoundOffsets[] {
  const found: FoundOffsets[] = [];
  for (let left = from.u16(); left > 0; left -= 1) {
    found.push({ start: from.u64(), atTime: from.u64() });
  }
  from.end();
  return found;
}
