import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCommand, encodeCommand } from '../../../engines/pulsar/protocol/commands.ts';
import {
  FrameCutter,
  payloadFrame,
  readFrame,
  readPayload,
  simpleFrame,
} from '../../../engines/pulsar/protocol/frames.ts';
import { messageId, messageMetadata } from '../../../engines/pulsar/protocol/messages.ts';
import { ProtobufReader } from '../../../engines/pulsar/protocol/protobuf-reader.ts';
import { ProtobufWriter } from '../../../engines/pulsar/protocol/protobuf-writer.ts';
import { ProtocolError } from '../../../engines/pulsar/protocol/protocol-error.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('numbers', () => {
  test.each([
    [0, '00'],
    [1, '01'],
    [150, '96 01'],
    [2 ** 32, '80 80 80 80 10'],
    [Number.MAX_SAFE_INTEGER, 'ff ff ff ff ff ff ff 0f'],
    [-1, 'ff ff ff ff ff ff ff ff ff 01'],
  ])('%d is written as Protocol Buffers have it', (value, bytes) => {
    const out = new ProtobufWriter();
    out.varint(value);
    expect(out.finish().toString('hex')).toBe(bytes.replaceAll(' ', ''));
  });

  test('every safe integer comes back as it was, with or without a sign', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const out = new ProtobufWriter();
        out.varint(value);
        expect(new ProtobufReader(out.finish()).varint()).toBe(value);
      }),
    );
  });

  test('one that no double can hold is refused, not rounded', () => {
    const tooLarge = new ProtobufReader(hex('80 80 80 80 80 80 80 10'));
    expect(() => tooLarge.varint()).toThrow(ProtocolError);
    expect(() => new ProtobufWriter().varint(2 ** 53)).toThrow(ProtocolError);
    expect(() => new ProtobufReader(Buffer.alloc(20, 0xff)).varint()).toThrow(ProtocolError);
  });
});

describe('messages', () => {
  test('have the fields and numbers of PulsarApi.proto', () => {
    // protoc --encode=pulsar.proto.MessageIdData: ledgerId 7, entryId 300, partition -1
    const bytes = hex('08 07 10 ac 02 18 ff ff ff ff ff ff ff ff ff 01');
    expect(messageId.decode(bytes)).toEqual({
      ledgerId: 7,
      entryId: 300,
      partition: -1,
      batchIndex: -1,
    });
    expect(messageId.encode({ ledgerId: 7, entryId: 300, partition: -1 })).toEqual(bytes);
  });

  test('what they do not mention has its default, and what nobody knows is skipped', () => {
    const unknown = hex('08 07 10 01 f8 07 01 fa 07 02 61 62 f9 07 00 00 00 00 00 00 00 00');
    expect(messageId.decode(unknown)).toMatchObject({ ledgerId: 7, entryId: 1, partition: -1 });
  });

  test('without what they must have, cut off, or of another type they are refused', () => {
    for (const bytes of ['10 01', '08', '08 07 10', '0a 01 61 10 01', '08 07 13 01']) {
      expect(() => messageId.decode(hex(bytes)), bytes).toThrow(ProtocolError);
    }
  });

  test('metadata come back with every property, in order', () => {
    const metadata = {
      producerName: 'Grüße',
      sequenceId: 2 ** 40,
      publishTimeMs: 1_764_000_000_000,
      properties: [
        { key: 'a', value: '' },
        { key: 'a', value: '€' },
      ],
      partitionKey: 'a2V5',
      partitionKeyIsBase64: true,
    };
    expect(messageMetadata.decode(messageMetadata.encode(metadata))).toEqual({
      ...metadata,
      compression: 0,
      numMessagesInBatch: undefined,
    });
  });
});

describe('commands', () => {
  test('stand in the field of their type', () => {
    const bytes = encodeCommand('flow', { consumerId: 3, messagePermits: 100 });
    expect(bytes.toString('hex')).toBe('080b5a0408031064');
    expect(decodeCommand(bytes)).toEqual({
      kind: 'flow',
      body: { consumerId: 3, messagePermits: 100 },
    });
  });

  test('of a kind that is not spoken here are named by their number', () => {
    expect(decodeCommand(hex('08 40 82 04 00'))).toEqual({ kind: 'other', number: 64 });
  });

  test('without their body are refused', () => {
    expect(() => decodeCommand(hex('08 0b'))).toThrow(ProtocolError);
  });
});

describe('frames', () => {
  const command = encodeCommand('send', { producerId: 1, sequenceId: 2 });
  const metadata = messageMetadata.encode({ producerName: 'p', sequenceId: 2, publishTimeMs: 3 });

  test('with a payload have a checksum over all behind it, and one that changed is refused', () => {
    const frame = payloadFrame(command, metadata, Buffer.from('hello'));
    const { command: found, rest } = readFrame(frame);
    expect(found).toEqual(command);
    expect(readPayload(rest).payload.toString()).toBe('hello');
    const changed = Buffer.from(rest);
    changed[changed.length - 1] = 0;
    expect(() => readPayload(changed)).toThrow(/checksum/);
  });

  test('may say more of an entry, or have no checksum', () => {
    const { rest } = readFrame(payloadFrame(command, metadata, Buffer.from('hello')));
    const more = Buffer.concat([hex('0e 02 00 00 00 02 08 01'), rest]);
    expect(readPayload(more).payload.toString()).toBe('hello');
    expect(readPayload(rest.subarray(6)).payload.toString()).toBe('hello');
    expect(() => readPayload(hex('00 00 00 09 01'))).toThrow(ProtocolError);
  });

  test('however a stream is cut, they are the same', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        (bodies, cuts) => {
          const frames = bodies.map((body) => simpleFrame(Buffer.from(body)));
          const stream = Buffer.concat(frames);
          const cutter = new FrameCutter();
          const got: Buffer[] = [];
          for (let at = 0, turn = 0; at < stream.length; turn += 1) {
            const size = cuts[turn % cuts.length] ?? 1;
            got.push(...cutter.push(stream.subarray(at, at + size)));
            at += size;
          }
          expect(got).toEqual(frames);
          expect(cutter.rest()).toHaveLength(0);
        },
      ),
    );
  });

  test('whose length cannot be one end the understanding', () => {
    expect(() => new FrameCutter().push(hex('7f ff ff ff'))).toThrow(ProtocolError);
    expect(() => readFrame(hex('00 00 00 04 00 00 00 05'))).toThrow(ProtocolError);
    expect(() => readFrame(hex('00 00 00 00'))).toThrow(ProtocolError);
  });
});
