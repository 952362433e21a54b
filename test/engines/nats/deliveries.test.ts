import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMetadata } from '../../../engines/nats/deliveries.ts';
import { keyOf, subjectOf } from '../../../engines/nats/subjects.ts';

describe('what a delivery says about itself', () => {
  test('stands at the same place in the older and the newer form', () => {
    const expected = { sequence: 42, deliveries: 3 };
    expect(readMetadata('$JS.ACK.s.c.3.42.7.1796038193007447846.4')).toEqual(expected);
    expect(readMetadata('$JS.ACK.hub.hash.s.c.3.42.7.1796038193007447846.4')).toEqual(expected);
  });

  test('anything else is no delivery of JetStream', () => {
    expect(() => readMetadata('_INBOX.x')).toThrow(/not how JetStream delivers/);
  });
});

test('a key is found again in the subject, whatever its bytes; none is none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
      const subject = subjectOf('some-destination', Buffer.from(bytes));
      expect(subject).toMatch(/^[a-z0-9.-]+$/);
      expect(keyOf(subject)).toEqual(Buffer.from(bytes));
    }),
  );
  expect(keyOf(subjectOf('some-destination', undefined))).toBeUndefined();
});
