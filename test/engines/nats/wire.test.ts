import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WireConnection } from '../../../engines/wire.ts';
import { wire } from '../../../engines/nats/wire.ts';

const acknowledgement = '{"stream":"s","seq":1}';
const refusal = '{"error":{"code":400,"err_code":10071,"description":"wrong last sequence"}}';

const publish = (subject: string, reply: string, body = 'hello'): Buffer =>
  Buffer.from(`PUB ${subject} ${reply}${reply === '' ? '' : ' '}${body.length}\r\n${body}\r\n`);

const publishWithHeaders = (subject: string, reply: string): Buffer =>
  Buffer.from(`HPUB ${subject} ${reply} 12 17\r\nNATS/1.0\r\n\r\nhello\r\n`);

const message = (subject: string, body: string): Buffer =>
  Buffer.from(`MSG ${subject} 1 ${body.length}\r\n${body}\r\n`);

const noResponders = (subject: string): Buffer =>
  Buffer.from(`HMSG ${subject} 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n`);

const answered = (connection: WireConnection, bytes: Buffer): readonly number[] =>
  connection.fromServer(bytes).map(({ sendsAnswered }) => sendsAnswered);

function after(...sent: readonly Buffer[]): WireConnection {
  const connection = wire.connection();
  connection.fromClient(Buffer.from('CONNECT {"verbose":false}\r\nPING\r\nSUB _INBOX.a.* 1\r\n'));
  for (const bytes of sent) connection.fromClient(bytes);
  return connection;
}

describe('answers to sends', () => {
  test('an acknowledgement to the reply subject of a publish answers it, once', () => {
    const connection = after(publish('d.n', '_INBOX.a.1'), publishWithHeaders('d.n', '_INBOX.a.2'));
    expect(answered(connection, message('_INBOX.a.2', acknowledgement))).toEqual([1]);
    expect(answered(connection, message('_INBOX.a.1', acknowledgement))).toEqual([1]);
    expect(answered(connection, message('_INBOX.a.1', acknowledgement))).toEqual([0]);
  });

  test('a refusal, no responders and what is no acknowledgement answer nothing positively', () => {
    const connection = after(...[1, 2, 3].map((n) => publish('d.n', `_INBOX.a.${n}`)));
    expect(answered(connection, message('_INBOX.a.1', refusal))).toEqual([0]);
    expect(answered(connection, noResponders('_INBOX.a.2'))).toEqual([0]);
    expect(answered(connection, message('_INBOX.a.3', 'hello'))).toEqual([0]);
  });

  test('requests to the API, settlements and publishes without a reply subject are no sends', () => {
    const connection = after(
      publish('$JS.API.STREAM.INFO.s', '_INBOX.a.1'),
      publish('$JS.ACK.s.c.1.1.1.1.0', '_INBOX.a.2', '+ACK'),
      publish('d.n', ''),
    );
    for (const number of [1, 2, 3]) {
      const answer = message(`_INBOX.a.${number}`, acknowledgement);
      expect(answered(connection, answer)).toEqual([0]);
    }
  });

  test('a body that looks like the protocol is a body', () => {
    const evil = `x\r\n${publish('d.n', '_INBOX.a.9').toString()}`;
    const connection = after(publish('d.n', '_INBOX.a.1', evil));
    expect(answered(connection, message('_INBOX.a.9', acknowledgement))).toEqual([0]);
    expect(answered(connection, message('_INBOX.a.1', acknowledgement))).toEqual([1]);
    const told = message('somewhere', message('_INBOX.a.1', acknowledgement).toString());
    expect(answered(connection, told)).toEqual([0]);
  });
});

describe('framing', () => {
  const act = fc.oneof(
    fc.record({ send: fc.nat(8), body: fc.string({ unit: 'binary-ascii', maxLength: 40 }) }),
    fc.record({ answer: fc.nat(8), good: fc.boolean() }),
    fc.record({ line: fc.constantFrom('PING', 'PONG', '+OK', "-ERR 'Unknown'", 'INFO {}') }),
  );

  test('however the streams are cut, frames and counts are the same and no byte is lost', () => {
    fc.assert(
      fc.property(
        fc.array(act, { maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        (acts, cuts) => {
          const [whole, cut] = [after(), after()];
          for (const one of acts) {
            if ('send' in one) {
              const bytes = publish('d.n', `_INBOX.a.${one.send}`, one.body);
              whole.fromClient(bytes);
              for (const piece of pieces(bytes, cuts)) cut.fromClient(piece);
              continue;
            }
            const bytes =
              'line' in one
                ? Buffer.from(`${one.line}\r\n`)
                : message(`_INBOX.a.${one.answer}`, one.good ? acknowledgement : refusal);
            const expected = whole.fromServer(bytes);
            const got = pieces(bytes, cuts).flatMap((piece) => [...cut.fromServer(piece)]);
            expect(expected).toHaveLength(1);
            expect(got.map((frame) => frame.sendsAnswered)).toEqual(
              expected.map((frame) => frame.sendsAnswered),
            );
            expect(Buffer.concat(got.map((frame) => frame.bytes)).equals(bytes)).toBe(true);
          }
        },
      ),
    );
  });

  test('a payload that does not end where it should ends the understanding, not the stream', () => {
    const connection = after(publish('d.n', '_INBOX.a.1'));
    const broken = Buffer.from(
      `MSG s 1 3\r\nabcdef\r\n${message('_INBOX.a.1', acknowledgement).toString()}`,
    );
    const frames = [...connection.fromServer(broken), ...connection.fromServer(broken)];
    expect(frames.every(({ sendsAnswered }) => sendsAnswered === 0)).toBe(true);
    const all = Buffer.concat(frames.map(({ bytes }) => bytes));
    expect(all.equals(Buffer.concat([broken, broken]))).toBe(true);
  });

  test('a line without an end is passed on when it is longer than any line', () => {
    const connection = after();
    const endless = Buffer.alloc(70_000, 'x');
    const frames = connection.fromServer(endless);
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
