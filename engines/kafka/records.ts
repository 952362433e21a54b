import type { KafkaRecord, RecordsBatch } from '@platformatic/kafka';
import type { Delivery } from '../engine.ts';
import type { FetchResponse } from './connection.ts';
import type { Membership } from './membership.ts';
import { leavesOf } from './outcomes.ts';

type FetchedPartition = FetchResponse['responses'][number]['partitions'][number];

/** Bits of a record batch's attributes. */
const transactionalBit = 1 << 4;
const controlBit = 1 << 5;
const abortMarker = 0;
const offsetOutOfRange = 1;

const empty = Buffer.alloc(0);

export interface Reading {
  readonly membership: Membership;
  readonly requestedNs: number;
  readonly committedOnly: boolean;
  readonly into: Delivery[];
}

/** Appends the deliveries from `from` on and returns the position after the last record read. */
export function readRecords(partition: FetchedPartition, from: bigint, reading: Reading): bigint {
  let next = from;
  const aborted = reading.committedOnly ? new AbortedTransactions(partition) : undefined;
  for (const batch of partition.records ?? []) {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    const hidden = aborted?.hides(batch, last) === true;
    if (!hidden && (batch.attributes & controlBit) === 0) {
      for (const record of batch.records) {
        const offset = batch.firstOffset + BigInt(record.offsetDelta);
        // A batch is returned whole, also when the position lies in its middle.
        if (offset < from) continue;
        reading.into.push(deliveryOf(record, offset, partition.partitionIndex, reading));
      }
    }
    if (last >= next) next = last + 1n;
  }
  return next;
}

function deliveryOf(
  record: KafkaRecord,
  offset: bigint,
  partition: number,
  { membership, requestedNs }: Reading,
): Delivery {
  return {
    body: record.value ?? empty,
    key: record.key ?? undefined,
    place: {
      scope: membership.firstScope + partition,
      position: { major: Number(offset), minor: 0 },
    },
    attempt: undefined,
    redelivered: undefined,
    requestedNs,
    leaseMs: undefined,
    headers: headersOf(record),
    token: membership,
  };
}

function headersOf(record: KafkaRecord): Record<string, string> | undefined {
  if (record.headers.length === 0) return undefined;
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of record.headers) {
    headers[String(name ?? '')] = value === null || value === undefined ? '' : String(value);
  }
  return headers;
}

/**
 * Which batches of a fetch belong to aborted transactions, as Kafka's Java consumer decides it. The
 * client has a filter of its own that lets them through when the abort marker is not in the same fetch or
 * one producer aborted more than once in it.
 */
class AbortedTransactions {
  readonly #waiting: { readonly producerId: bigint; readonly firstOffset: bigint }[];
  readonly #open = new Set<bigint>();

  constructor(partition: FetchedPartition) {
    this.#waiting = [...(partition.abortedTransactions ?? [])].sort((a, b) =>
      a.firstOffset < b.firstOffset ? -1 : 1,
    );
  }

  hides(batch: RecordsBatch, last: bigint): boolean {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.firstOffset > last) break;
      this.#open.add(next.producerId);
      this.#waiting.shift();
    }
    if ((batch.attributes & controlBit) !== 0) {
      if (batch.records[0]?.key?.readInt16BE(2) === abortMarker)
        this.#open.delete(batch.producerId);
      return true;
    }
    return (batch.attributes & transactionalBit) !== 0 && this.#open.has(batch.producerId);
  }
}

/** Partitions that an answer to a fetch says have no record at their position. */
export function outOfRange(error: unknown): number[] {
  return responsesIn(error).flatMap(({ responses }) =>
    responses
      .flatMap(({ partitions }) => partitions)
      .filter(({ errorCode }) => errorCode === offsetOutOfRange)
      .map(({ partitionIndex }) => partitionIndex),
  );
}

function responsesIn(error: unknown): readonly FetchResponse[] {
  if (typeof error !== 'object' || error === null) return [];
  const own =
    'response' in error && typeof error.response === 'object' && error.response !== null
      ? [error.response as FetchResponse]
      : [];
  const inner = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  return leavesOf(error).length > 0 ? [...own, ...inner.flatMap(responsesIn)] : own;
}
