import { describe, expect, it } from 'vitest';
import type { LaterCopy } from '../../../harness/run/later-reader.ts';
import { differences } from '../../../harness/run/read-again.ts';

const copy = (message: string, scope = 0): LaterCopy => ({
  scope,
  position: undefined,
  message,
  lane: 0,
  seq: 0,
  sentNs: 0,
});
const all = { is: () => 'in' as const };
const first = ['a', 'b', 'c'].map((message) => copy(message));

describe('what came otherwise the second time', () => {
  it('is nothing where each scope has the same in the same order, however they are mixed', () => {
    const other = [copy('x', 1), copy('y', 1)];
    const one = [...first, ...other];
    const again = [other[0], first[0], other[1], first[1], first[2]];
    expect(differences(one, again as LaterCopy[], all)).toBe(0);
  });

  it.each([
    { what: 'one is missing at the end', again: ['a', 'b'], otherwise: 1 },
    { what: 'one is missing in the middle', again: ['a', 'c'], otherwise: 2 },
    { what: 'one is there twice', again: ['a', 'b', 'c', 'c'], otherwise: 1 },
    { what: 'two are exchanged', again: ['b', 'a', 'c'], otherwise: 2 },
    { what: 'nothing is there', again: [], otherwise: 3 },
  ])('counts copies where $what', ({ again, otherwise }) => {
    expect(
      differences(
        first,
        again.map((message) => copy(message)),
        all,
      ),
    ).toBe(otherwise);
  });

  it('asks only for what is certainly read from there, and minds what certainly is not', () => {
    const from = {
      is: ({ message }: LaterCopy) =>
        (({ a: 'out', b: 'either' }) as const)[message as 'a' | 'b'] ?? 'in',
    };
    expect(differences(first, [copy('c')], from)).toBe(0);
    expect(differences(first, [copy('b'), copy('c')], from)).toBe(0);
    expect(differences(first, [copy('a'), copy('b'), copy('c')], from)).toBe(2);
    expect(differences(first, [copy('b')], from)).toBe(1);
  });
});
