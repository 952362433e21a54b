import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wire } from '../../../engines/redis/wire.ts';
import type { WireConnection } from '../../../engines/wire.ts';

const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

const command = (...words: readonly string[]): Buffer =>
  Buffer.from(`*${words.length}\r\n${words.map(bulk).join('')}`);

const send = (body = 'hello'): Buffer => command('XADD', 'stream', '*', 'b', body);
const id = Buffer.from(bulk('1796038193007-0'));
const refusal = Buffer.from("-READONLY You can't write against a read only replica.\r\n");
const entries = Buffer.from(
  `*1\r\n*2\r\n${bulk('stream')}*1\r\n*2\r\n${bulk('1-0')}*2\r\n${bulk('b')}${bulk('x\r\n$1\r\ny')}`,
);

function after(...sent: readonly Buffer[]): WireConnection {
  const connection = wire.connection();
  for (const bytes of sent) connection.fromClient(bytes);
  return connection;
}

const answered = (connection: WireConnection, ...bytes: readonly Buffer[]): readonly number[] =>
  connection.fromServer(Buffer.concat(bytes)).map(({ sendsAnswered }) => sendsAnswered);

describe('answers to sends', () => {
  test('are the ids that come for XADD, in the order of the commands', () => {
    const connection = after(command('CLIENT', 'SETNAME', 'x'), send(), command('PING'), send());
    const told = [Buffer.from('+OK\r\n'), id, Buffer.from('+PONG\r\n'), id];
    expect(answered(connection, ...told)).toEqual([0, 1, 0, 1]);
  });

  test('an error answers no send, and the next one is none the worse', () => {
    expect(answered(after(send(), send()), refusal, id)).toEqual([0, 1]);
  });

  test('a lower-case command is the same command, and one that reads or waits is no send', () => {
    const reads = command('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 'stream', '>');
    const connection = after(command('xadd', 's', '*', 'b', ''), reads, command('WAIT', '1', '0'));
    expect(answered(connection, id, entries, Buffer.from(':1\r\n'))).toEqual([1, 0, 0]);
  });

  test('a body that looks like the protocol is a body', () => {
    const connection = after(send(`x\r\n${send().toString()}`), command('PING'));
    expect(answered(connection, id, id)).toEqual([1, 0]);
  });

  test('nothing, an empty array and a missing value are values', () => {
    const connection = after(command('A'), command('B'), command('C'), send());
    const odd = ['*-1\r\n', '*0\r\n', '$-1\r\n'].map((text) => Buffer.from(text));
    expect(answered(connection, ...odd, id)).toEqual([0, 0, 0, 1]);
  });
});

describe('framing', () => {
  const act = fc.constantFrom(
    [send(), id],
    [send('x\r\ny'), refusal],
    [command('PING'), Buffer.from('+PONG\r\n')],
    [command('XREADGROUP'), entries],
    [command('XACK'), Buffer.from(':12\r\n')],
  );

  test('however the streams are cut, frames and counts are the same and no byte is lost', () => {
    fc.assert(
      fc.property(
        fc.array(act, { maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
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

  test('what is none of the protocol is handed on as it is, and counts no more', () => {
    const connection = after(send());
    const broken = Buffer.concat([Buffer.from('HTTP/1.1 400\r\n'), id]);
    const frames = [...connection.fromServer(broken), ...connection.fromServer(id)];
    expect(frames.every(({ sendsAnswered }) => sendsAnswered === 0)).toBe(true);
    const all = Buffer.concat(frames.map(({ bytes }) => bytes));
    expect(all.equals(Buffer.concat([broken, id]))).toBe(true);
  });

  test('a line without an end is handed on when it is longer than any line', () => {
    const endless = Buffer.alloc(70_000, '+');
    const frames = after().fromServer(endless);
    expect(Buffer.concat(frames.map(({ bytes }) => bytes)).equals(endless)).toBe(true);
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
