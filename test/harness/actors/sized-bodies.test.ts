import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readerFor } from '../../../harness/actors/copy-reader.ts';
import { OutgoingBatch } from '../../../harness/actors/outgoing-batch.ts';
import { CorruptionCode, EventKind } from '../../../harness/core/events.ts';
import {
  emptyHeader,
  headerBytes,
  readHeader,
  writeHeader,
} from '../../../harness/core/message-header.ts';
import type { Sizes } from '../../../scenarios/spread.ts';
import { clearStage, consumerSpec, playProducer, producerSpec } from './stage.ts';

afterAll(clearStage);

const sizes: Sizes = { kind: 'uniform', least: 64, most: 5_000 };
const reader = () => readerFor(consumerSpec({}, { payloadBytes: sizes }));

/** What a producer makes of the first messages of a lane. */
function bodies(count: number, lane = 100): readonly Buffer[] {
  const batch = new OutgoingBatch(
    producerSpec(
      {},
      { payloadBytes: sizes, batchMessages: count, sendLimit: { messages: 1_000, bytes: 1e9 } },
    ),
  );
  batch.header.lane = lane;
  return Array.from({ length: count }, (_, seq) => {
    batch.header.seq = seq;
    batch.add(seq, 0);
    return batch.messages.at(-1)?.body ?? Buffer.alloc(0);
  });
}

describe('messages of unlike sizes', () => {
  it('are intact for whoever knows the load, each with the size that its identity has', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000 }), (lane) => {
        const read = reader();
        const made = bodies(20, lane);
        for (const body of made) expect(read.read(body, undefined)).toBe('intact');
        expect(new Set(made.map(({ length }) => length)).size).toBeGreaterThan(5);
      }),
      { numRuns: 20 },
    );
  });

  it('are damaged when they have another size, also where their header agrees with it', () => {
    const [body = Buffer.alloc(0)] = bodies(1).filter(({ length }) => length > headerBytes + 10);
    const read = reader();
    const header = emptyHeader();
    expect(readHeader(body, header)).toBe('intact');
    const shorter = Buffer.from(body.subarray(0, body.length - 8));
    expect(read.read(shorter, undefined)).toBe('damaged');
    writeHeader(shorter, { ...header, bodyBytes: shorter.length - headerBytes });
    expect(read.read(shorter, undefined)).toBe('damaged');
    expect(read.detail).toBe(CorruptionCode.length);
  });

  it('are damaged when one bit of their body is another, at its very end as well', () => {
    const [body = Buffer.alloc(0)] = bodies(1);
    const at = body.length - 1;
    body.writeUInt8(body.readUInt8(at) ^ 1, at);
    const read = reader();
    expect(read.read(body, undefined)).toBe('damaged');
    expect(read.detail).toBe(CorruptionCode.body);
  });
});

describe('a batch of messages of unlike sizes', () => {
  it('never has more bytes than the engine takes, and leaves nothing out', async () => {
    const spec = producerSpec(
      {},
      { payloadBytes: sizes, batchMessages: 100, sendLimit: { messages: 100, bytes: 12_000 } },
    );
    const { report } = await playProducer(spec);
    expect(report.publishResponse.count).toBe(100);
    const batch = new OutgoingBatch(spec);
    for (let seq = 0; !batch.isFull; seq += 1) {
      batch.header.seq = seq;
      batch.add(seq, 0);
    }
    const bytes = batch.messages.reduce((sum, { body }) => sum + body.length, 0);
    expect(bytes).toBeLessThanOrEqual(12_000);
    expect(bytes).toBeGreaterThan(7_000);
  });

  it('is sent again after a lost connection, in calls that the engine takes', async () => {
    const spec = producerSpec(
      { producer: { disconnectAfter: 40, outcomes: Array(40).fill('silent') } },
      {
        payloadBytes: sizes,
        batchMessages: 100,
        sendLimit: { messages: 100, bytes: 12_000 },
        retry: { by: 'harness', attempts: 3, pauseMs: 5 },
        settleTimeoutMs: 20_000,
      },
    );
    const { actor, events } = await playProducer(spec);
    expect(actor.counters()).toMatchObject({ sent: 100, acknowledged: 100 });
    const again = events.filter(
      ({ kind, attempt }) => kind === EventKind.sendInvoke && attempt === 2,
    );
    expect(again.length).toBeGreaterThan(0);
  });

  it('takes one message that is larger than the engine’s limit, which is the engine’s to refuse', () => {
    const batch = new OutgoingBatch(
      producerSpec({}, { payloadBytes: 500, sendLimit: { messages: 10, bytes: 100 } }),
    );
    expect(batch.limit).toBe(1);
    expect(batch.isFull).toBe(false);
    batch.add(1, 0);
    expect(batch.isFull).toBe(true);
  });
});
