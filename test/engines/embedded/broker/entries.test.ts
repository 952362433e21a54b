import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { deathReasons } from '../../../../engines/embedded/broker/copy.ts';
import {
  type BrokerEntry,
  decodeBrokerEntry,
  encodeBrokerEntry,
  publishedHeadBytes,
} from '../../../../engines/embedded/broker/entries.ts';
import { exchangeKinds } from '../../../../engines/embedded/broker/exchange.ts';
import { ProtocolError } from '../../../../engines/embedded/protocol/bytes.ts';

const id = fc.nat(0xffff_ffff);
const copy = fc.nat(Number.MAX_SAFE_INTEGER - 1);
const optional = fc.option(copy, { nil: undefined });
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const headers = fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true });
const exchangeSpec = fc.record({
  name: text,
  kind: fc.constantFrom(...exchangeKinds),
  alternate: optional,
});
const queueSpec = fc.record({
  name: text,
  messageTtlMs: optional,
  maxLength: optional,
  overflow: fc.constantFrom('drop-head' as const, 'reject-publish' as const),
  deliveryLimit: optional,
  maxPriority: fc.nat(255),
  singleActiveConsumer: fc.boolean(),
  exclusive: fc.boolean(),
  confirms: fc.constantFrom('leader' as const, 'majority' as const),
  deadLetterExchange: optional,
});
const bindingSpec = fc.record({
  key: text,
  match: fc.constantFrom('all' as const, 'any' as const),
  headers,
});
const queues = fc.array(id, { maxLength: 4 });

const entry: fc.Arbitrary<BrokerEntry> = fc.oneof(
  fc.record({
    kind: fc.constant('exchange-declared' as const),
    exchange: id,
    spec: exchangeSpec,
  }),
  fc.record({ kind: fc.constant('exchange-deleted' as const), exchange: id }),
  fc.record({ kind: fc.constant('queue-declared' as const), queue: id, spec: queueSpec }),
  fc.record({ kind: fc.constant('queue-deleted' as const), queue: id }),
  fc.record({
    kind: fc.constantFrom('bound' as const, 'unbound' as const),
    exchange: id,
    queue: id,
    spec: bindingSpec,
  }),
  fc.record({
    kind: fc.constant('published' as const),
    baseCopy: copy,
    priority: fc.nat(255),
    routes: fc.array(queues, { maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constantFrom('delivered' as const, 'removed' as const),
    queue: id,
    copies: fc.array(copy, { maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant('died' as const),
    queue: id,
    reason: fc.constantFrom(...deathReasons),
    baseCopy: copy,
    moves: fc.array(fc.record({ copy, to: queues }), { maxLength: 4 }),
  }),
);

test('an entry is read back as it was written, and its batch begins right after it', () => {
  fc.assert(
    fc.property(entry, fc.uint8Array({ maxLength: 8 }), (written, batch) => {
      const bytes = encodeBrokerEntry(written);
      const after = written.kind === 'published' ? Buffer.from(batch) : Buffer.alloc(0);
      expect(decodeBrokerEntry(Buffer.concat([bytes, after]))).toEqual(written);
      if (written.kind === 'published') expect(publishedHeadBytes(written)).toBe(bytes.length);
    }),
  );
});

test('an entry that was cut short is an error, never another entry', () => {
  fc.assert(
    fc.property(entry, fc.nat(), (written, cut) => {
      const bytes = encodeBrokerEntry(written);
      const short = bytes.subarray(0, cut % bytes.length);
      expect(() => decodeBrokerEntry(short)).toThrow(ProtocolError);
    }),
  );
});
