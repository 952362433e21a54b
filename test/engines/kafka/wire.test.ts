import { produceV11, produceV7 } from '@platformatic/kafka';
import { array, assert, boolean, integer, property, tuple, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wire } from '../../../engines/kafka/wire.ts';

interface Api {
  readonly version: number;
  readonly flexible: boolean;
  payload(acks: number, records: number): Buffer;
}

/** Requests are made by the client's own encoder, so that the parser is not tested against itself. */
const v11: Api = {
  version: 11,
  flexible: true,
  payload: (acks, records) => produceV11.createRequest(acks, 0, messages(records)).buffer,
};
const v7: Api = {
  version: 7,
  flexible: false,
  payload: (acks, records) => produceV7.createRequest(acks, 0, messages(records)).buffer,
};

function messages(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    topic: 'orders',
    partition: index % 2,
    value: Buffer.from(`message ${index}`),
  }));
}

function framed(content: Buffer): Buffer {
  const frame = Buffer.alloc(4 + content.length);
  frame.writeInt32BE(content.length, 0);
  content.copy(frame, 4);
  return frame;
}

function request(api: Api, id: number, acks: number, records: number): Buffer {
  const client = Buffer.from('client');
  const header = Buffer.alloc(10);
  header.writeInt16BE(0, 0);
  header.writeInt16BE(api.version, 2);
  header.writeInt32BE(id, 4);
  header.writeInt16BE(client.length, 8);
  const tags = api.flexible ? Buffer.from([0]) : Buffer.alloc(0);
  return framed(Buffer.concat([header, client, tags, api.payload(acks, records)]));
}

function otherRequest(key: number, id: number, bytes: number): Buffer {
  const content = Buffer.alloc(8 + bytes, 7);
  content.writeInt16BE(key, 0);
  content.writeInt16BE(3, 2);
  content.writeInt32BE(id, 4);
  return framed(content);
}

/** A Produce response for two partitions of `orders`. */
function response(api: Api, id: number, errors: readonly [number, number]): Buffer {
  const parts: Buffer[] = [];
  const int = (bytes: number, value: number): void => {
    const part = Buffer.alloc(bytes);
    if (bytes === 4) part.writeInt32BE(value);
    else if (bytes === 2) part.writeInt16BE(value);
    else part.writeInt8(value);
    parts.push(part);
  };
  const name = Buffer.from('orders');
  int(4, id);
  if (api.flexible) int(1, 0);
  if (api.flexible) {
    int(1, 2);
    int(1, name.length + 1);
  } else {
    int(4, 1);
    int(2, name.length);
  }
  parts.push(name);
  if (api.flexible) int(1, 3);
  else int(4, 2);
  for (const [partition, error] of errors.entries()) {
    int(4, partition);
    int(2, error);
    parts.push(Buffer.alloc(24));
    if (!api.flexible) continue;
    // One record error with a text, an error message, one tagged field.
    parts.push(Buffer.from([2, 0, 0, 0, 0, 3, 104, 105, 0, 4, 98, 97, 100, 1, 0, 2, 9, 9]));
  }
  if (api.flexible) int(1, 0);
  int(4, 0);
  if (api.flexible) int(1, 0);
  return framed(Buffer.concat(parts));
}

describe.each([v11, v7])('the wire of kafka, Produce version $version', (api) => {
  it('counts the records of the partitions that an answer accepts', () => {
    const connection = wire.connection();
    connection.fromClient(request(api, 5, -1, 7));
    expect(connection.fromServer(response(api, 5, [0, 0]))[0]?.sendsAnswered).toBe(7);
    connection.fromClient(request(api, 6, 1, 7));
    expect(connection.fromServer(response(api, 6, [0, 10]))[0]?.sendsAnswered).toBe(4);
    connection.fromClient(request(api, 7, 1, 7));
    expect(connection.fromServer(response(api, 7, [10, 10]))[0]?.sendsAnswered).toBe(0);
  });

  it('does not wait for an answer to acks=0, whose id another request may carry', () => {
    const connection = wire.connection();
    connection.fromClient(request(api, 5, 0, 3));
    expect(connection.fromServer(response(api, 5, [0, 0]))[0]?.sendsAnswered).toBe(0);
  });

  it('answers a send once', () => {
    const connection = wire.connection();
    connection.fromClient(request(api, 5, 1, 2));
    const frame = response(api, 5, [0, 0]);
    const counts = connection.fromServer(Buffer.concat([frame, frame]));
    expect(counts.map(({ sendsAnswered }) => sendsAnswered)).toEqual([2, 0]);
  });
});

describe('the wire of kafka', () => {
  it('calls an answer in a version it does not know one send', () => {
    const connection = wire.connection();
    connection.fromClient(otherRequest(0, 9, 40).fill(99, 6, 8));
    expect(connection.fromServer(response(v11, 9, [0, 0]))[0]?.sendsAnswered).toBe(1);
  });

  it('loses and changes nothing and finds the same answers, however the bytes are cut', () => {
    const requests = Buffer.concat([
      otherRequest(18, 1, 0),
      request(v11, 2, -1, 3),
      otherRequest(1, 3, 2_000),
      request(v7, 4, 0, 2),
      request(v7, 5, 1, 2),
      otherRequest(3, 6, 30),
    ]);
    const responses = [
      otherRequest(0, 1, 100),
      response(v11, 2, [0, 0]),
      response(v7, 5, [0, 3]),
      framed(Buffer.alloc(0)),
      framed(Buffer.from([0, 0, 0, 3])),
    ];
    const all = Buffer.concat(responses);
    const cuts = array(integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 300 });
    assert(
      property(cuts, cuts, (clientCuts, serverCuts) => {
        const connection = wire.connection();
        for (const chunk of cut(requests, clientCuts)) connection.fromClient(chunk);
        const frames = cut(all, serverCuts).flatMap((chunk) => connection.fromServer(chunk));
        expect(frames.map(({ bytes }) => bytes.toString('hex'))).toEqual(
          responses.map((bytes) => bytes.toString('hex')),
        );
        expect(frames.map(({ sendsAnswered }) => sendsAnswered)).toEqual([0, 3, 1, 0, 0]);
      }),
    );
  });

  it('hands on a stream that is not made of frames as it comes', () => {
    const connection = wire.connection();
    const tls = Buffer.from([0x16, 0x03, 0x03, 0x00, 0x31, 2, 0, 0]);
    connection.fromClient(tls);
    const frames = [...connection.fromServer(Buffer.from([0xff])), ...connection.fromServer(tls)];
    frames.push(...connection.fromServer(tls));
    const bytes = Buffer.concat(frames.map((frame) => frame.bytes));
    expect(bytes).toEqual(Buffer.concat([Buffer.from([0xff]), tls, tls]));
    expect(frames.every(({ sendsAnswered }) => sendsAnswered === 0)).toBe(true);
  });

  it('never throws and never loses a byte, whatever both sides send', () => {
    assert(
      property(
        array(tuple(boolean(), uint8Array({ maxLength: 200 })), { maxLength: 20 }),
        (chunks) => {
          const connection = wire.connection();
          const sent: Buffer[] = [];
          const got: Buffer[] = [];
          for (const [fromServer, bytes] of chunks) {
            const chunk = Buffer.from(bytes);
            if (fromServer) {
              sent.push(chunk);
              got.push(...connection.fromServer(chunk).map((frame) => frame.bytes));
            } else connection.fromClient(chunk);
          }
          const all = Buffer.concat(sent);
          const passed = Buffer.concat(got);
          expect(all.subarray(0, passed.length)).toEqual(passed);
        },
      ),
    );
  });
});

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}
