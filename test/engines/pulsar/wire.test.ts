import { describe, expect, test } from 'vitest';
import { encodeCommand } from '../../../engines/pulsar/protocol/commands.ts';
import { payloadFrame, simpleFrame } from '../../../engines/pulsar/protocol/frames.ts';
import { messageMetadata } from '../../../engines/pulsar/protocol/messages.ts';
import { wire } from '../../../engines/pulsar/wire.ts';

const receipt = simpleFrame(
  encodeCommand('sendReceipt', {
    producerId: 1,
    sequenceId: 2,
    messageId: { ledgerId: -1, entryId: -1, partition: -1, batchIndex: -1 },
  }),
);
const refusal = simpleFrame(
  encodeCommand('sendError', { producerId: 1, sequenceId: 2, error: 2, message: 'no' }),
);
const message = payloadFrame(
  encodeCommand('message', {
    consumerId: 1,
    messageId: { ledgerId: 1, entryId: 1, partition: -1, batchIndex: -1 },
  }),
  messageMetadata.encode({ producerName: 'p', sequenceId: 2, publishTimeMs: 3 }),
  receipt,
);

const answered = (bytes: Buffer): readonly number[] =>
  wire
    .connection()
    .fromServer(bytes)
    .map(({ sendsAnswered }) => sendsAnswered);

describe('answers to sends', () => {
  test('a receipt is one, also of a copy that was recognised; nothing else is', () => {
    expect(answered(Buffer.concat([receipt, refusal, message, receipt]))).toEqual([1, 0, 0, 1]);
  });

  test('byte for byte, nothing is lost, and a body that looks like a receipt is a body', () => {
    const connection = wire.connection();
    const stream = Buffer.concat([message, receipt, refusal]);
    const frames = [...stream].flatMap((byte) => connection.fromServer(Buffer.from([byte])));
    expect(frames.map(({ sendsAnswered }) => sendsAnswered)).toEqual([0, 1, 0]);
    expect(Buffer.concat(frames.map(({ bytes }) => bytes))).toEqual(stream);
  });

  test('a stream that is not made of frames is passed on', () => {
    const connection = wire.connection();
    const stream = [Buffer.from('HT'), Buffer.from('TP/1.1 200 OK\r\n'), receipt];
    const frames = stream.flatMap((bytes) => connection.fromServer(bytes));
    expect(Buffer.concat(frames.map(({ bytes }) => bytes))).toEqual(Buffer.concat(stream));
    expect(frames.every(({ sendsAnswered }) => sendsAnswered === 0)).toBe(true);
  });

  test('a frame that holds no command answers nothing', () => {
    expect(answered(simpleFrame(Buffer.from('ffffffff', 'hex')))).toEqual([0]);
  });
});
