import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChecksumOfNext, crc32c, crc32cOfWords } from '../../../harness/core/crc32c.ts';
import {
  emptyHeader,
  headerBytes,
  type MessageHeader,
  readHeader,
  writeHeader,
} from '../../../harness/core/message-header.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const ns = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

const headers: fc.Arbitrary<MessageHeader> = fc.record({
  run: u32,
  lane: u32,
  seq: u32,
  attempt: u16,
  epoch: u16,
  intendedNs: ns,
  sentNs: ns,
  parentLane: u32,
  parentSeq: u32,
  transaction: u32,
  expectedRoute: u32,
  bodyBytes: u32,
  warmup: fc.boolean(),
});

function written(header: MessageHeader, offset: number): Buffer {
  const body = Buffer.alloc(offset + headerBytes + 8, 0xee).subarray(offset);
  writeHeader(body, header);
  return body;
}

describe('a message header', () => {
  it('comes back as it was written, at any alignment, and touches nothing behind it', () => {
    fc.assert(
      fc.property(headers, fc.nat({ max: 9 }), (header, offset) => {
        const body = written(header, offset);
        const back = emptyHeader();
        expect(readHeader(body, back)).toBe('intact');
        expect(back).toEqual(header);
        expect([...body.subarray(headerBytes)]).toEqual(Array(8).fill(0xee));
      }),
    );
  });

  it('is not believed when any single bit of it changed', () => {
    fc.assert(
      fc.property(headers, fc.nat({ max: headerBytes * 8 - 1 }), (header, bit) => {
        const body = written(header, 0);
        body.writeUInt8(body.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(readHeader(body, emptyHeader())).toBe(bit < 32 ? 'not-a-message' : 'checksum');
      }),
    );
  });

  it('stands at fixed little-endian offsets behind a CRC-32C of its first 60 bytes', () => {
    const body = written({ ...emptyHeader(), run: 7, lane: 0xfffffffe, seq: 3, sentNs: 1.5 }, 0);
    expect(body.toString('latin1', 0, 4)).toBe('ACKM');
    expect([body.readUInt32LE(4), body.readUInt32LE(8), body.readUInt32LE(12)]).toEqual([
      7, 0xfffffffe, 3,
    ]);
    expect(body.readDoubleLE(48)).toBe(1.5);
    expect(body.readUInt32LE(60)).toBe(crc32c(body, 0, 60));
  });

  it('that is cut short is no header', () => {
    expect(readHeader(Buffer.alloc(headerBytes - 1), emptyHeader())).toBe('too-short');
  });
});

describe('CRC-32C', () => {
  it('has the check value of RFC 3720', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  });

  it('is the same over words as over their bytes', () => {
    fc.assert(
      fc.property(fc.array(u32, { maxLength: 20 }), (values) => {
        const words = Uint32Array.from(values);
        expect(crc32cOfWords(words, words.length)).toBe(crc32c(new Uint8Array(words.buffer)));
      }),
    );
  });

  it('is the same for blocks of words one after another, whatever changed between them', () => {
    const block = fc.array(fc.oneof(u32, fc.constantFrom(0, 1, 7)), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 20 }), (blocks) => {
        const checksum = new ChecksumOfNext(5);
        for (const values of blocks) {
          const words = Uint32Array.from([...values, 99]);
          expect(checksum.take(words)).toBe(crc32cOfWords(words, 5));
        }
      }),
    );
  });
});
