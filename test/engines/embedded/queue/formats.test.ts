import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ByteReader,
  ByteWriter,
  ProtocolError,
} from '../../../../engines/embedded/protocol/bytes.ts';
import { encodeBatch } from '../../../../engines/embedded/protocol/batch.ts';
import {
  type MessageFilter,
  readFilter,
  writeFilter,
} from '../../../../engines/embedded/protocol/message-filter.ts';
import {
  type QueueAttributes,
  readAttributes,
  writeAttributes,
} from '../../../../engines/embedded/protocol/queue-attributes.ts';
import {
  readSend,
  readSent,
  writeSendHead,
  writeSent,
} from '../../../../engines/embedded/protocol/queue-messages.ts';
import {
  decodeQueueEntry,
  encodeQueueEntry,
  type QueueEntry,
  type SentEntry,
} from '../../../../engines/embedded/queue/entries.ts';

const u32 = fc.nat({ max: 0xffff_ffff });
const u64 = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const name = fc.option(fc.string({ minLength: 1, maxLength: 30 }), { nil: undefined });
const attributes: fc.Arbitrary<QueueAttributes> = fc.record({
  order: fc.constantFrom('arrival', 'message-groups'),
  deduplication: fc.oneof(
    fc.constant({ by: 'nothing' } as const),
    fc.record({ by: fc.constantFrom('id', 'content'), windowMs: u32 }),
  ),
  delayMs: u32,
  retentionMs: u32,
  maxInFlight: u32,
  quota: fc.oneof(
    fc.constant({ kind: 'none' } as const),
    fc.record({
      kind: fc.constant('calls' as const),
      callsPerSecond: fc.integer({ min: 1, max: 0xffff_ffff }),
      messagesPerCall: u32,
    }),
  ),
  deadLetters: fc.oneof(
    fc.constant({ kind: 'none' } as const),
    fc.record({
      kind: fc.constant('queue' as const),
      queue: fc.integer({ min: 1, max: 0xffff_ffff }),
      maxReceives: u32,
    }),
  ),
  disorder: fc.oneof(
    fc.constant({ kind: 'none' } as const),
    fc.record({
      kind: fc.constant('seeded' as const),
      seed: u32,
      latePermille: u32,
      passedByMost: u32,
      undeletedPermille: u32,
    }),
  ),
});
const options = fc.record({ group: name, deduplicationId: name, delayMs: u32 });
const filter: fc.Arbitrary<MessageFilter> = fc.array(
  fc.record({
    header: fc.string(),
    is: fc.constantFrom('one-of', 'none-of', 'prefix-of', 'present', 'absent'),
    values: fc.array(fc.string(), { maxLength: 3 }),
  }),
  { maxLength: 3 },
);
const plainBatch = (count: number): Buffer =>
  encodeBatch(
    Array.from({ length: count }, () => ({
      key: undefined,
      headers: undefined,
      body: Buffer.from('x'),
    })),
  );

describe('the formats of the queue', () => {
  test('attributes and options of a send read as they were written', () => {
    fc.assert(
      fc.property(attributes, fc.array(options, { minLength: 1, maxLength: 5 }), (own, list) => {
        expect(
          readAttributes(new ByteReader(writeAttributes(new ByteWriter(), own).finish())),
        ).toEqual(own);
        const head = writeSendHead(new ByteWriter(), 7, list);
        const read = readSend(new ByteReader(head.bytes(plainBatch(list.length)).finish()));
        expect([read.queue, read.options, read.batch.count]).toEqual([7, list, list.length]);
      }),
    );
  });

  test('a filter reads as it was written', () => {
    fc.assert(
      fc.property(filter, (list) => {
        const written = writeFilter(new ByteWriter(), list).finish();
        expect(readFilter(new ByteReader(written))).toEqual(list);
      }),
    );
  });

  test('options for another number of messages, or names that are too long, are refused', () => {
    const one = { group: undefined, deduplicationId: undefined, delayMs: 1 };
    const short = writeSendHead(new ByteWriter(), 1, [one]).bytes(plainBatch(2)).finish();
    expect(() => readSend(new ByteReader(short))).toThrow(ProtocolError);
    const long = { ...one, group: 'g'.repeat(129) };
    const whole = writeSendHead(new ByteWriter(), 1, [long]).bytes(plainBatch(1)).finish();
    expect(() => readSend(new ByteReader(whole))).toThrow(ProtocolError);
  });

  test('the ids of a send read as they were written', () => {
    const ids = fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(ids, fc.nat({ max: 9 }), (list, baseId) => {
        const others = list.flatMap((id, slot) => (id === baseId + slot ? [] : [{ slot, id }]));
        expect(readSent(new ByteReader(writeSent({ baseId, others })), list.length)).toEqual(list);
      }),
    );
  });

  test('entries of the journal read as they were written, and tell where their batch begins', () => {
    const stored = fc.record({ slot: u32, group: name, deduplicationKey: name, dueMs: u64 });
    const sent = fc
      .record({
        queue: u32,
        baseId: u64,
        uptimeMs: u64,
        stored: fc.array(stored, { maxLength: 4 }),
      })
      .map(({ queue, baseId, ...optional }): SentEntry => {
        return { kind: 'sent', queue, baseId, count: optional.stored.length, optional };
      });
    const plain = fc
      .record({ queue: u32, baseId: u64, count: u32 })
      .map((of): SentEntry => ({ kind: 'sent', ...of, optional: undefined }));
    const created = fc
      .record({ queue: u32, name: fc.string(), attributes })
      .map((of): QueueEntry => ({ kind: 'queue-created', ...of }));
    const moved = fc
      .record({
        queue: u32,
        to: u32,
        cause: fc.constantFrom('attempts' as const, 'rejected' as const, 'redrive' as const),
        uptimeMs: u64,
        ids: fc.array(u64, { maxLength: 4 }),
      })
      .map((of): QueueEntry => ({ kind: 'moved', ...of }));
    const topic = fc
      .record({ queue: u32, name: fc.string() })
      .map((of): QueueEntry => ({ kind: 'topic-created', ...of }));
    const attached = fc
      .record({ queue: u32, to: u32, filter })
      .map((of): QueueEntry => ({ kind: 'attached', ...of }));
    const published = fc
      .record({ queue: u32, sent: fc.array(fc.oneof(sent, plain), { maxLength: 3 }) })
      .map(({ queue, sent: parts }): QueueEntry => ({ kind: 'published', queue, sent: parts }));
    fc.assert(
      fc.property(fc.oneof(sent, plain, created, moved, topic, attached, published), (entry) => {
        const head = encodeQueueEntry(entry);
        const read = decodeQueueEntry(Buffer.concat([head, Buffer.from('batch')]));
        expect(read).toEqual({ entry, headBytes: head.length });
      }),
    );
  });
});
