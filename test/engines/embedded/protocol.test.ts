import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BatchView,
  decodeHeaders,
  encodeBatch,
  encodeHeaders,
} from '../../../engines/embedded/protocol/batch.ts';
import { ByteReader, ByteWriter, ProtocolError } from '../../../engines/embedded/protocol/bytes.ts';
import {
  apiOf,
  beginRequest,
  correlationOf,
  FrameDecoder,
  requestBody,
  sealRequest,
  setCorrelation,
} from '../../../engines/embedded/protocol/frame.ts';
import {
  readAssignment,
  readJoinGroup,
  readRevocation,
  writeAssignment,
  writeRevocation,
} from '../../../engines/embedded/protocol/group-messages.ts';
import {
  readCommit,
  readFetch,
  readFetched,
  readProduce,
  writeCommit,
  writeFetch,
} from '../../../engines/embedded/protocol/log-messages.ts';
import {
  readAddPartitions,
  readCreateTopic,
  readFindOffsets,
  readFoundOffsets,
} from '../../../engines/embedded/protocol/topic-messages.ts';
import { readHello } from '../../../engines/embedded/protocol/protocol.ts';
import {
  readIds,
  readReceipts,
  readReceive,
  readReceived,
  readRedrive,
  readSend,
  readSent,
  readSettled,
  writeReceipts,
  writeReceived,
  writeSettled,
} from '../../../engines/embedded/protocol/queue-messages.ts';
import { readFilter } from '../../../engines/embedded/protocol/message-filter.ts';
import { readAttributes } from '../../../engines/embedded/protocol/queue-attributes.ts';
import { decodeQueueEntry, moveCauses } from '../../../engines/embedded/queue/entries.ts';

const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const headers = fc.option(fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }), {
  nil: undefined,
});
const messages = fc.array(
  fc.record({ key: fc.option(bytes(8), { nil: undefined }), headers, body: bytes(40) }),
  { minLength: 1, maxLength: 8 },
);
const safeInteger = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

/** Cuts `whole` at the given places. */
function chunksOf(whole: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => whole.subarray(from, places[index] ?? whole.length));
}

describe('frames', () => {
  test('come out whole and in order, however the stream is cut into chunks', () => {
    fc.assert(
      fc.property(
        fc.array(bytes(30), { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (bodies, cuts) => {
          const frames = bodies.map((body, index) => {
            const frame = sealRequest(beginRequest(index).bytes(body));
            setCorrelation(frame, index + 1);
            return frame;
          });
          const seen: Buffer[] = [];
          const decoder = new FrameDecoder(100);
          for (const chunk of chunksOf(Buffer.concat(frames), cuts)) {
            decoder.push(chunk, (frame) => seen.push(frame));
          }
          expect(seen.map((frame) => requestBody(frame).rest())).toEqual(bodies);
          expect(seen.map(apiOf)).toEqual(bodies.map((_, index) => index));
          expect(seen.map(correlationOf)).toEqual(bodies.map((_, index) => index + 1));
        },
      ),
    );
  });

  test('garbage ends in a ProtocolError or in frames within the bound, never in anything else', () => {
    fc.assert(
      fc.property(bytes(200), fc.array(fc.nat(), { maxLength: 4 }), (garbage, cuts) => {
        const decoder = new FrameDecoder(64);
        try {
          for (const chunk of chunksOf(garbage, cuts)) {
            decoder.push(chunk, (frame) => expect(frame.length).toBeLessThanOrEqual(64));
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });

  test('a length beyond the bound is refused before anything of that size is held', () => {
    const decoder = new FrameDecoder(1024);
    const greedy = Buffer.from('7fffffff0000', 'hex');
    expect(() => decoder.push(greedy, () => {})).toThrow(ProtocolError);
  });
});

describe('batches', () => {
  test('give back every message at its place', () => {
    fc.assert(
      fc.property(messages, (list) => {
        const view = BatchView.parse(
          encodeBatch(
            list.map((message) => ({ ...message, headers: encodeHeaders(message.headers) })),
          ),
        );
        expect(view.count).toBe(list.length);
        const back = list.map((_, index) => ({
          key: view.key(index),
          headers: decodeHeaders(view.headers(index)),
          body: view.body(index),
        }));
        expect(back.map(({ key, body }) => ({ key, body }))).toEqual(
          list.map(({ key, body }) => ({ key, body })),
        );
        for (const [index, { headers: sent }] of list.entries()) {
          expect(Object.entries(back[index]?.headers ?? {})).toEqual(Object.entries(sent ?? {}));
        }
      }),
    );
  });

  test('a damaged batch is refused, or its messages lie within it', () => {
    fc.assert(
      fc.property(messages, fc.nat(), fc.nat({ max: 255 }), (list, where, value) => {
        const batch = encodeBatch(list.map(({ key, body }) => ({ key, headers: undefined, body })));
        batch.writeUInt8(value, where % batch.length);
        try {
          const view = BatchView.parse(batch);
          let total = 0;
          for (let index = 0; index < view.count; index += 1) {
            total += (view.key(index)?.length ?? 0) + (view.headers(index)?.length ?? 0);
            total += view.body(index).length;
          }
          expect(total).toBeLessThanOrEqual(batch.length);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });
});

describe('bodies', () => {
  const receipts = fc.array(fc.record({ id: safeInteger, receiveCount: fc.nat() }), {
    maxLength: 5,
  });
  const positions = fc.array(
    fc.record({ partition: fc.nat({ max: 0xffff }), offset: safeInteger }),
    { maxLength: 5 },
  );

  test('of fetches, commits, assignments and receipts read as they were written', () => {
    fc.assert(
      fc.property(positions, receipts, fc.nat(), (offsets, list, number) => {
        const request = {
          topic: number,
          positions: offsets,
          maxMessages: 1,
          maxBytes: 2,
          maxWaitMs: 3,
          isolation: number % 2 === 0 ? ('read-committed' as const) : ('read-uncommitted' as const),
        };
        expect(readFetch(readerOf(writeFetch(new ByteWriter(), request)))).toEqual(request);
        expect(readCommit(readerOf(writeCommit(new ByteWriter(), number, offsets)))).toEqual({
          generation: number,
          offsets,
        });
        const partitions = offsets.map(({ partition, offset }, index) => ({
          partition,
          committed: index % 2 === 0 ? offset : undefined,
          start: index,
          end: offset,
        }));
        expect(readAssignment(new ByteReader(writeAssignment(number, partitions)))).toEqual({
          generation: number,
          partitions,
        });
        const lost = offsets.map(({ partition }) => partition);
        expect(readRevocation(new ByteReader(writeRevocation(number, lost)))).toEqual({
          generation: number,
          partitions: lost,
        });
        expect(readReceipts(readerOf(writeReceipts(new ByteWriter(), number, list)))).toEqual({
          queue: number,
          receipts: list,
        });
      }),
    );
  });

  test('of received messages and settlements read as they were written', () => {
    fc.assert(
      fc.property(messages, safeInteger, (list, id) => {
        const encoded = list.map((message) => ({
          ...message,
          headers: encodeHeaders(message.headers),
        }));
        const batch = BatchView.parse(encodeBatch(encoded));
        const countsOf = (slot: number) => ({
          id,
          receiveCount: slot + 7,
          attempt: slot,
          order: id,
          movedBy: [undefined, ...moveCauses][slot % (moveCauses.length + 1)],
          movedAfter: slot + 3,
        });
        const copies = list.map((_, slot) => ({ ...countsOf(slot), batch, slot }));
        expect(readReceived(new ByteReader(writeReceived(copies)))).toEqual(
          encoded.map((message, slot) => ({ ...message, ...countsOf(slot) })),
        );
      }),
    );
    expect(readSettled(new ByteReader(writeSettled([0, 12, 0, 13])))).toEqual(
      new Map([
        [1, 12],
        [3, 13],
      ]),
    );
  });

  test('of any bytes are read or refused by a ProtocolError, by every reader', () => {
    const readers: ((from: ByteReader) => unknown)[] = [
      readHello,
      readCreateTopic,
      readAddPartitions,
      readFindOffsets,
      readFoundOffsets,
      readProduce,
      readFetch,
      readFetched,
      readJoinGroup,
      readCommit,
      readAssignment,
      readRevocation,
      readSend,
      readReceive,
      readReceived,
      readReceipts,
      readSettled,
      readRedrive,
      readIds,
      readAttributes,
      readFilter,
      (from) => readSent(from, 3),
      decodeAnyEntry,
    ];
    fc.assert(
      fc.property(bytes(80), (garbage) => {
        for (const read of readers) {
          try {
            read(new ByteReader(garbage));
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError);
          }
        }
      }),
    );
  });

  function decodeAnyEntry(from: ByteReader): void {
    decodeQueueEntry(from.rest());
  }

  function readerOf(writer: ByteWriter): ByteReader {
    return new ByteReader(writer.finish());
  }
});
