import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyIn, partitionKeyOf } from '../../../engines/kinesis/partition-keys.ts';

describe('a key and its partition key', () => {
  test('whatever bytes a key has come back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 189 }), (bytes) => {
        const written = partitionKeyOf(Buffer.from(bytes), 'own');
        expect(written).toBeDefined();
        expect(written?.length).toBeGreaterThan(0);
        expect(keyIn(written ?? '')?.equals(Buffer.from(bytes))).toBe(true);
      }),
    );
  });

  test('a text is sent as it is, so that it goes where any client sends it', () => {
    expect(partitionKeyOf(Buffer.from('Größe 7'), 'own')).toBe('Größe 7');
    expect(keyIn('from somebody else')?.toString()).toBe('from somebody else');
  });

  test('one that looks like a mark is not taken for one', () => {
    for (const key of ['~', '~b', '~nown', '~bAAAA']) {
      const written = partitionKeyOf(Buffer.from(key), 'own') ?? '';
      expect(keyIn(written)?.toString()).toBe(key);
    }
  });

  test('without a key each message has one of its own, which is none again', () => {
    const written = partitionKeyOf(undefined, 'producer-1-7') ?? '';
    expect(written).not.toBe(partitionKeyOf(undefined, 'producer-1-8'));
    expect(keyIn(written)).toBeUndefined();
  });

  test('longer keys than Kinesis has are refused', () => {
    expect(partitionKeyOf(Buffer.alloc(256, 'k'), 'own')).toHaveLength(256);
    expect(partitionKeyOf(Buffer.alloc(257, 'k'), 'own')).toBeUndefined();
    expect(partitionKeyOf(Buffer.alloc(193, 255), 'own')).toBeUndefined();
  });
});
