import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentOf, fieldsOf, placeOf, refusalOf } from '../../../engines/redis/entries.ts';
import { RedisCode } from '../../../engines/redis/outcomes.ts';
import { outgoing } from '../live-cell.ts';

const asRead = (fields: readonly (string | Buffer)[]): Buffer[] =>
  fields.map((field) => Buffer.from(field as string));

describe('a message and its entry', () => {
  test('body, key and headers are found again, whatever their bytes and names', () => {
    const bytes = fc.uint8Array({ maxLength: 50 }).map((array) => Buffer.from(array));
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(
        bytes,
        fc.option(bytes, { nil: undefined }),
        fc.dictionary(text, text, { maxKeys: 4, minKeys: 1, noNullPrototype: true }),
        (body, key, headers) => {
          const message = { ...outgoing(1, ''), body, key, headers };
          const content = contentOf(asRead(fieldsOf(message)));
          expect(content.body.equals(body)).toBe(true);
          expect(content.key?.toString('hex')).toBe(key?.toString('hex'));
          expect(content.headers).toEqual(headers);
        },
      ),
    );
  });

  test('no key and no headers are none', () => {
    const content = contentOf(asRead(fieldsOf(outgoing(1, 'body'))));
    expect(content).toEqual({ body: Buffer.from('body'), key: undefined, headers: undefined });
  });

  test('an entry of somebody else’s has an empty body', () => {
    expect(contentOf([Buffer.from('other'), Buffer.from('field')]).body).toHaveLength(0);
  });

  test('what is not declared is refused before a byte', () => {
    for (const more of [
      { partition: 0 },
      { group: 'g' },
      { deduplicationId: 'd' },
      { delayMs: 1 },
    ]) {
      expect(refusalOf(outgoing(1, 'x', more))).toBe(RedisCode.unsupported);
    }
    expect(refusalOf(outgoing(1, 'x', { key: Buffer.from('k') }))).toBeUndefined();
  });

  test('an id is a place that keeps the order, and anything else is none', () => {
    expect(placeOf('1796038193007-4', 2)).toEqual({
      scope: 2,
      position: { major: 1_796_038_193_007, minor: 4 },
    });
    for (const text of ['', '7', 'a-b', '$']) expect(() => placeOf(text, 0)).toThrow(/no id/);
  });
});
