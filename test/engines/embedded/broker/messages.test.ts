import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { settleHows } from '../../../../engines/embedded/broker/requests.ts';
import { encodeBatch } from '../../../../engines/embedded/protocol/batch.ts';
import {
  deliveryBytes,
  readDeliveries,
  readGrant,
  readPublish,
  readPublished,
  readSettle,
  readSubscribe,
  writeDeliveries,
  writeGrant,
  writePublished,
  writePublishHead,
  writeSettle,
  writeSubscribe,
} from '../../../../engines/embedded/protocol/broker-messages.ts';
import {
  ByteReader,
  ByteWriter,
  ProtocolError,
} from '../../../../engines/embedded/protocol/bytes.ts';

const u32 = fc.nat(0xffff_ffff);
const tag = fc.nat(Number.MAX_SAFE_INTEGER);
const bytes = fc.uint8Array({ maxLength: 12 }).map((array) => Buffer.from(array));
const filled = fc.uint8Array({ minLength: 1, maxLength: 12 }).map((array) => Buffer.from(array));
const written = (writer: ByteWriter): ByteReader => new ByteReader(writer.finish());

test('every request is read as it was written', () => {
  const publish = fc.record({
    exchange: u32,
    mandatory: fc.boolean(),
    persistent: fc.boolean(),
    priority: fc.nat(255),
  });
  const subscribe = fc.record({
    queue: u32,
    acknowledge: fc.constantFrom('manual' as const, 'automatic' as const),
    prefetch: fc.integer({ min: 1, max: 0xffff_ffff }),
    exclusive: fc.boolean(),
  });
  const settle = fc.record({
    consumer: u32,
    how: fc.constantFrom(...settleHows),
    tags: fc.array(tag, { maxLength: 5 }),
  });
  const batch = encodeBatch([{ key: undefined, headers: undefined, body: Buffer.from('x') }]);
  fc.assert(
    fc.property(publish, subscribe, settle, u32, (published, subscribed, settled, credit) => {
      const to = writePublishHead(new ByteWriter(), published).bytes(batch);
      expect(readPublish(written(to)).request).toEqual(published);
      expect(readSubscribe(written(writeSubscribe(new ByteWriter(), subscribed)))).toEqual(
        subscribed,
      );
      expect(readSettle(written(writeSettle(new ByteWriter(), settled)))).toEqual(settled);
      const { consumer } = settled;
      expect(readGrant(written(writeGrant(new ByteWriter(), consumer, credit)))).toEqual({
        consumer,
        credit,
      });
    }),
  );
});

test('a delivery is read as it was written, in as many bytes as were counted', () => {
  const copy = fc.record({
    tag,
    attempt: u32,
    key: fc.option(bytes, { nil: undefined }),
    headers: fc.option(filled, { nil: undefined }),
    body: bytes,
  });
  fc.assert(
    fc.property(u32, fc.array(copy, { maxLength: 5 }), (consumer, copies) => {
      const frame = writeDeliveries(consumer, copies);
      expect(readDeliveries(new ByteReader(frame))).toEqual({ consumer, copies });
      const counted = copies.reduce((sum, one) => sum + deliveryBytes(one), 0);
      expect(frame.length).toBe(8 + counted);
    }),
  );
});

test('what was returned and what was refused are told apart', () => {
  const answer = writePublished({ returned: [0, 3], refused: [1] });
  expect(readPublished(new ByteReader(answer))).toEqual({
    returned: new Set([0, 3]),
    refused: new Set([1]),
  });
});

test('a consumer that may never hold anything, and an unknown settlement, are no requests', () => {
  const subscribe = { queue: 1, acknowledge: 'manual', prefetch: 0, exclusive: false } as const;
  expect(() => readSubscribe(written(writeSubscribe(new ByteWriter(), subscribe)))).toThrow(
    ProtocolError,
  );
  expect(() => readSettle(written(new ByteWriter().u32(1).u8(9).u32(0)))).toThrow(ProtocolError);
});
