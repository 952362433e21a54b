import { describe, expect, test } from 'vitest';
import engine from '../../../engines/sns/engine.ts';
import { profiles } from '../../../engines/sns/profiles.ts';

describe('SNS profiles', () => {
  test.each(Object.entries(profiles))('%s is complete and cites its document', (_, profile) => {
    const { options, source } = profile;
    expect(engine.options.parse(options)).toEqual(options);
    expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/sns\/.+\(API version 2010-03-31\)$/);
  });

  test('what the options cannot mean is refused, also what only queues mind', () => {
    const { options } = profiles.raw;
    expect(() => engine.options.parse({ ...options, delivery: 'by hand' })).toThrow();
    expect(() => engine.options.parse({ ...options, attempts: 2 })).toThrow();
    expect(() => engine.options.parse({ ...options, limits: 'per-group' })).toThrow();
  });
});
