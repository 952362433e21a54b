import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wire } from '../../../engines/rabbitmq/wire.ts';
import type { WireConnection } from '../../../engines/wire.ts';

const protocolHeader = Buffer.from('AMQP\0\0\x09\x01', 'latin1');

function frame(type: number, channel: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(7);
  head.writeUInt8(type, 0);
  head.writeUInt16BE(channel, 1);
  head.writeUInt32BE(payload.length, 3);
  return Buffer.concat([head, payload, Buffer.from([0xce])]);
}

function method(channel: number, id: readonly [number, number], rest = Buffer.alloc(0)): Buffer {
  const ids = Buffer.alloc(4);
  ids.writeUInt16BE(id[0], 0);
  ids.writeUInt16BE(id[1], 2);
  return frame(1, channel, Buffer.concat([ids, rest]));
}

const confirmSelect = (channel: number): Buffer => method(channel, [85, 10], Buffer.from([0]));

const channelOpen = (channel: number): Buffer => method(channel, [20, 10], Buffer.from([0]));

function publish(channel: number, body: Buffer): Buffer {
  const header = Buffer.alloc(14);
  header.writeUInt16BE(60, 0);
  header.writeBigUInt64BE(BigInt(body.length), 4);
  const content = body.length === 0 ? [] : [frame(3, channel, body)];
  // Reserved short, exchange "x", routing key "key", flags.
  const fields = Buffer.from('\0\0\x01x\x03key\x01', 'latin1');
  return Buffer.concat([method(channel, [60, 40], fields), frame(2, channel, header), ...content]);
}

function answer(kind: 'ack' | 'nack', channel: number, tag: number, multiple: boolean): Buffer {
  const rest = Buffer.alloc(9);
  rest.writeBigUInt64BE(BigInt(tag), 0);
  rest.writeUInt8(multiple ? 1 : 0, 8);
  return method(channel, [60, kind === 'ack' ? 80 : 120], rest);
}

function publisher(publishes: number, channel = 1): WireConnection {
  const connection = wire.connection();
  connection.fromClient(protocolHeader);
  connection.fromClient(confirmSelect(channel));
  for (let count = 0; count < publishes; count += 1) {
    connection.fromClient(publish(channel, Buffer.from('hello')));
  }
  return connection;
}

const answered = (connection: WireConnection, bytes: Buffer): readonly number[] =>
  connection.fromServer(bytes).map(({ sendsAnswered }) => sendsAnswered);

describe('answers to publishes', () => {
  test('an ack answers one publish, and with multiple all up to its tag that were open', () => {
    const connection = publisher(5);
    expect(answered(connection, answer('ack', 1, 2, false))).toEqual([1]);
    expect(answered(connection, answer('ack', 1, 4, true))).toEqual([3]);
    expect(answered(connection, answer('ack', 1, 5, false))).toEqual([1]);
  });

  test('a nack answers nothing positively, and what it settled is not answered again', () => {
    const connection = publisher(3);
    expect(answered(connection, answer('nack', 1, 2, true))).toEqual([0]);
    expect(answered(connection, answer('ack', 1, 3, true))).toEqual([1]);
  });

  test('tag 0 with multiple means everything open', () => {
    expect(answered(publisher(4), answer('ack', 1, 0, true))).toEqual([4]);
  });

  test('repeated tags and tags never published answer nothing', () => {
    const connection = publisher(1);
    expect(answered(connection, answer('ack', 1, 1, false))).toEqual([1]);
    expect(answered(connection, answer('ack', 1, 1, false))).toEqual([0]);
    expect(answered(connection, answer('ack', 1, 9, false))).toEqual([0]);
    expect(answered(connection, answer('ack', 1, 9, true))).toEqual([0]);
  });

  test('channels count on their own, and only after confirm.select', () => {
    const connection = publisher(2, 1);
    connection.fromClient(publish(7, Buffer.from('no confirms here')));
    expect(answered(connection, answer('ack', 7, 1, false))).toEqual([0]);
    connection.fromClient(confirmSelect(7));
    connection.fromClient(publish(7, Buffer.from('confirmed')));
    expect(answered(connection, answer('ack', 7, 1, false))).toEqual([1]);
    expect(answered(connection, answer('ack', 1, 2, true))).toEqual([2]);
  });

  test('a reopened channel starts again without confirms', () => {
    const connection = publisher(3);
    connection.fromClient(channelOpen(1));
    connection.fromClient(publish(1, Buffer.from('x')));
    expect(answered(connection, answer('ack', 1, 1, true))).toEqual([0]);
  });

  test('a body that looks like frames is a body', () => {
    const connection = publisher(0);
    const evil = Buffer.concat([publish(1, Buffer.from('a')), confirmSelect(1)]);
    connection.fromClient(publish(1, evil));
    expect(answered(connection, answer('ack', 1, 0, true))).toEqual([1]);
  });

  test('deliveries, heartbeats and other methods answer no send', () => {
    const connection = publisher(2);
    const bytes = Buffer.concat([
      method(1, [60, 60], Buffer.from('deliver')),
      frame(2, 1, Buffer.alloc(14)),
      frame(3, 1, answer('ack', 1, 1, true)),
      frame(8, 0, Buffer.alloc(0)),
      method(1, [60, 80]),
    ]);
    expect(answered(connection, bytes)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('framing', () => {
  const dialogue = fc.array(
    fc.oneof(
      fc.record({ publish: fc.uint8Array({ maxLength: 300 }), channel: fc.constantFrom(1, 2) }),
      fc.record({
        tag: fc.integer({ min: 0, max: 12 }),
        multiple: fc.boolean(),
        kind: fc.constantFrom('ack' as const, 'nack' as const),
        channel: fc.constantFrom(1, 2),
      }),
      fc.record({ noise: fc.uint8Array({ maxLength: 40 }), type: fc.constantFrom(2, 3, 8) }),
    ),
    { maxLength: 30 },
  );

  test('however the streams are cut, the frames and the counts are the same and no byte is lost', () => {
    fc.assert(
      fc.property(
        dialogue,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (talk, cuts) => {
          const whole = wire.connection();
          const cut = wire.connection();
          const opening = Buffer.concat([protocolHeader, confirmSelect(1), confirmSelect(2)]);
          whole.fromClient(opening);
          for (const piece of pieces(opening, cuts)) cut.fromClient(piece);
          for (const act of talk) {
            if ('publish' in act) {
              const bytes = publish(act.channel, Buffer.from(act.publish));
              whole.fromClient(bytes);
              for (const piece of pieces(bytes, cuts)) cut.fromClient(piece);
              continue;
            }
            const bytes =
              'tag' in act
                ? answer(act.kind, act.channel, act.tag, act.multiple)
                : frame(act.type, 1, Buffer.from(act.noise));
            const expected = whole.fromServer(bytes);
            const got = pieces(bytes, cuts).flatMap((piece) => [...cut.fromServer(piece)]);
            expect(expected.length).toBe(1);
            expect(expected[0]?.bytes.equals(bytes)).toBe(true);
            expect(got.map((one) => one.sendsAnswered)).toEqual(
              expected.map((one) => one.sendsAnswered),
            );
            expect(Buffer.concat(got.map((one) => one.bytes)).equals(bytes)).toBe(true);
          }
        },
      ),
    );
  });

  test('a server that does not speak AMQP is passed through byte by byte', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 })), (chunks) => {
        const connection = wire.connection();
        // `AMQP` 0 0 9 1 is how a broker refuses a protocol version: no frame type is 65.
        const refused = connection.fromServer(protocolHeader);
        expect(Buffer.concat(refused.map(({ bytes }) => bytes)).equals(protocolHeader)).toBe(true);
        for (const chunk of chunks) {
          const frames = connection.fromServer(Buffer.from(chunk));
          expect(Buffer.concat(frames.map(({ bytes }) => bytes)).equals(Buffer.from(chunk))).toBe(
            true,
          );
          expect(frames.every(({ sendsAnswered }) => sendsAnswered === 0)).toBe(true);
        }
      }),
    );
  });

  test('a frame without its end mark ends the understanding, not the stream', () => {
    const connection = publisher(1);
    const broken = answer('ack', 1, 1, false);
    broken[broken.length - 1] = 0;
    const frames = connection.fromServer(Buffer.concat([broken, answer('ack', 1, 1, false)]));
    expect(frames.map(({ sendsAnswered }) => sendsAnswered)).toEqual([0]);
    expect(frames[0]?.bytes.length).toBe(2 * broken.length);
  });
});

function pieces(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = cuts[turn % cuts.length] ?? 1;
    parts.push(bytes.subarray(at, at + size));
    at += size;
  }
  return parts;
}
