import { describe, expect, it } from 'vitest';
import { catalog } from '../../engines/catalog.ts';
import { checkEngineShape } from '../../engines/engine-shape.ts';
import memory from '../contract/fixtures/memory/engine.ts';

const [name = '', profile] = Object.entries(memory.profiles)[0] ?? [];

function withEditions(...from: readonly string[]) {
  const editions = from.map((version) => ({ from: version, promises: [], source: 'its manual' }));
  return { default: { ...memory, profiles: { [name]: { ...profile, editions } } } };
}

describe('engines of the catalog', () => {
  it.each(catalog)('have the shape that is asked of others: $id', async ({ id, load }) => {
    expect(checkEngineShape(await load(), id).id).toBe(id);
  });
});

describe('editions of a profile', () => {
  it.each([[[]], [['4.3']], [['4.3', '4.10', '5']]])('may be %j', (from) => {
    expect(() => checkEngineShape(withEditions(...from), 'mine.ts')).not.toThrow();
  });

  it.each([
    [['4.10', '4.3'], 'editions.1.from: must be later than 4.10'],
    [['4.3', '5', '4.3'], 'editions.2.from: must be later than 5'],
    [['4.3', '4.3.0'], 'editions.1.from: must be later than 4.3'],
    [['4.3', 'new'], 'editions.1.from: must be a version'],
  ])('are refused when they are not oldest first: %j', (from, why) => {
    expect(() => checkEngineShape(withEditions(...from), 'mine.ts')).toThrow(why);
  });
});
