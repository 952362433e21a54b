import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wire } from '../../../engines/sqs/wire.ts';
import type { WireConnection } from '../../../engines/wire.ts';

const call = (operation: string, body = '{}'): Buffer =>
  Buffer.from(
    `POST / HTTP/1.1\r\nHost: here\r\nX-Amz-Target: AmazonSQS.${operation}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );

const answer = (body: string, status = '200 OK'): Buffer =>
  Buffer.from(`HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

const inChunks = (...chunks: readonly string[]): Buffer =>
  Buffer.from(
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${[...chunks, '']
      .map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`)
      .join('')}`,
  );

const stored = (count: number): string =>
  JSON.stringify({ Successful: Array.from({ length: count }, (_, Id) => ({ Id })), Failed: [] });

function after(...sent: readonly Buffer[]): WireConnection {
  const connection = wire.connection();
  for (const bytes of sent) connection.fromClient(bytes);
  return connection;
}

const answered = (connection: WireConnection, ...bytes: readonly Buffer[]): readonly number[] =>
  connection.fromServer(Buffer.concat(bytes)).map(({ sendsAnswered }) => sendsAnswered);

describe('answers to sends', () => {
  test('are counted by what the answer to a batch says was stored', () => {
    const calls = [call('ReceiveMessage'), call('SendMessageBatch'), call('SendMessage')];
    const told = [answer('{}'), answer(stored(7)), answer('{"MessageId":"m"}')];
    expect(answered(after(...calls), ...told)).toEqual([0, 7, 1]);
  });

  test('an error, an answer that is on its way, and one that nobody understands answer none', () => {
    const calls = [call('SendMessage'), call('SendMessageBatch'), call('SendMessage')];
    const told = [
      answer('{}', '500 Internal Server Error'),
      Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'),
      answer('<html>'),
      answer('{}'),
    ];
    expect(answered(after(...calls), ...told)).toEqual([0, 0, 0, 1]);
  });

  test('come in chunks, too', () => {
    const text = stored(3);
    const told = inChunks(text.slice(0, 9), text.slice(9));
    expect(
      answered(after(call('SendMessageBatch'), call('SendMessage')), told, answer('{}')),
    ).toEqual([3, 1]);
  });

  test('an answer without an end goes on as it comes, and counts no more', () => {
    const connection = after(call('SendMessage'), call('SendMessage'));
    const endless = Buffer.from('HTTP/1.1 200 OK\r\n\r\nand so on');
    const frames = [...connection.fromServer(endless), ...connection.fromServer(answer('{}'))];
    expect(frames.every(({ sendsAnswered }) => sendsAnswered === 0)).toBe(true);
    const bytes = Buffer.concat(frames.map((frame) => frame.bytes));
    expect(bytes).toEqual(Buffer.concat([endless, answer('{}')]));
  });
});

describe('framing', () => {
  const act = fc.constantFrom(
    [call('SendMessageBatch', 'HTTP/1.1 200\r\n\r\n'), answer(stored(2))],
    [call('SendMessage'), inChunks('{"a":', '"\r\n0\r\n\r\n"}')],
    [call('DeleteMessage'), Buffer.from('HTTP/1.1 204 No Content\r\n\r\n')],
    [call('ReceiveMessage'), answer('{"Messages":[]}')],
  );

  test('however the streams are cut, frames and counts are the same and no byte is lost', () => {
    fc.assert(
      fc.property(
        fc.array(act, { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (acts, cuts) => {
          const [whole, cut] = [after(), after()];
          const sent = Buffer.concat(acts.map(([bytes]) => bytes));
          const told = Buffer.concat(acts.map(([, bytes]) => bytes));
          whole.fromClient(sent);
          for (const piece of pieces(sent, cuts)) cut.fromClient(piece);
          const expected = whole.fromServer(told);
          const got = pieces(told, cuts).flatMap((piece) => [...cut.fromServer(piece)]);
          expect(expected).toHaveLength(acts.length);
          expect(got).toEqual(expected);
          expect(Buffer.concat(got.map(({ bytes }) => bytes)).equals(told)).toBe(true);
        },
      ),
    );
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
