import { WireReader } from './wire-reader.ts';

/** First version with compact strings and tagged fields. */
const flexibleFrom = 9;
/** From here on topics go by id, not by name. */
const topicIdFrom = 13;
const newestKnown = 13;
const oldestKnown = 3;
/** Where a record batch says how many records it holds. */
const recordCountAt = 57;

export interface ProduceSummary {
  readonly correlationId: number;
  readonly version: number;
  readonly acks: number;
  /** Records by `topic partition`; undefined when the request could not be read to its end. */
  readonly records: ReadonlyMap<string, number> | undefined;
}

/** Reads a whole Produce request; undefined when not even its header makes sense. */
export function readProduce(frame: Buffer): ProduceSummary | undefined {
  if (frame.length < 12 || frame.readInt16BE(4) !== 0) return undefined;
  const version = frame.readInt16BE(6);
  const correlationId = frame.readInt32BE(8);
  const unread = { correlationId, version, acks: 1, records: undefined };
  if (version < oldestKnown || version > newestKnown) return unread;
  const reader = new WireReader(frame, 12, version >= flexibleFrom);
  let acks = 1;
  try {
    reader.skipPlainString();
    reader.skipTags();
    reader.string();
    acks = reader.int16();
    reader.int32();
    return { correlationId, version, acks, records: readTopics(reader, version) };
  } catch (error) {
    if (error instanceof RangeError) return { ...unread, acks };
    throw error;
  }
}

/**
 * How many records a Produce response accepts; at least 1 for an answer that accepts anything, and 1 for
 * an answer in a version that is not known here, because an answer it is.
 */
export function acceptedRecords(frame: Buffer, send: ProduceSummary): number {
  if (send.version < oldestKnown || send.version > newestKnown) return 1;
  try {
    const reader = new WireReader(frame, 8, send.version >= flexibleFrom);
    reader.skipTags();
    let accepted = 0;
    reader.array(() => {
      const topic = topicName(reader, send.version);
      reader.array(() => {
        const partition = reader.int32();
        const errorCode = reader.int16();
        skipRestOfPartition(reader, send.version);
        if (errorCode === 0) accepted += send.records?.get(`${topic} ${partition}`) ?? 1;
      });
      reader.skipTags();
    });
    return accepted;
  } catch (error) {
    if (error instanceof RangeError) return 1;
    throw error;
  }
}

function readTopics(reader: WireReader, version: number): Map<string, number> {
  const records = new Map<string, number>();
  reader.array(() => {
    const topic = topicName(reader, version);
    reader.array(() => {
      const partition = reader.int32();
      const batch = reader.bytes();
      reader.skipTags();
      records.set(`${topic} ${partition}`, recordCount(batch));
    });
    reader.skipTags();
  });
  return records;
}

/** A request holds one batch for each partition. */
function recordCount(batch: Buffer): number {
  return batch.length >= recordCountAt + 4 ? Math.max(1, batch.readInt32BE(recordCountAt)) : 1;
}

function topicName(reader: WireReader, version: number): string {
  return version >= topicIdFrom ? reader.uuid() : reader.string();
}

function skipRestOfPartition(reader: WireReader, version: number): void {
  // base_offset and log_append_time; log_start_offset came with version 5.
  reader.skip(version >= 5 ? 24 : 16);
  if (version >= 8) {
    reader.array(() => {
      reader.int32();
      reader.string();
      reader.skipTags();
    });
    reader.string();
  }
  reader.skipTags();
}
