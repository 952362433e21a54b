import { describe, expect, it } from 'vitest';
import { suggestion } from '../../../harness/core/suggest.ts';

describe('a suggestion for a name that nobody bears', () => {
  it.each([
    ['lgo', 'log'],
    ['lo', 'log'],
    ['logg', 'log'],
    ['remember-ofsets', 'remember-offsets'],
  ])('is %j to %j', (wrong, near) => {
    const said = suggestion(wrong, ['log', 'queue', 'remember-offsets']);
    expect(said).toBe(`; did you mean ${near}?`);
  });

  it('is none where a short name has next to nothing in common', () => {
    expect(suggestion('foo', ['log', 'queue'])).toBe('');
  });

  it('is the one name that begins like it', () => {
    expect(suggestion('que', ['log', 'queue'])).toBe('; did you mean queue?');
  });
});
