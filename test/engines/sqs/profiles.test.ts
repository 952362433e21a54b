import { describe, expect, test } from 'vitest';
import engine from '../../../engines/sqs/engine.ts';
import { profiles } from '../../../engines/sqs/profiles.ts';

describe('SQS profiles', () => {
  test.each(Object.entries(profiles))(
    '%s is complete, cites its document and the version of the API, and sends nothing again behind our back',
    (_, { options, source }) => {
      expect(engine.options.parse(options)).toEqual(options);
      expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/.+\(API version 2012-11-05\)$/);
      const { attempts, resend } = options;
      expect(resend === 'client').toBe(attempts > 1);
    },
  );

  test('none claims to survive what no target here can suffer', () => {
    for (const { claimedUnder } of Object.values(profiles)) {
      expect(claimedUnder).not.toContain('power-loss');
      expect(claimedUnder).not.toContain('node-loss');
    }
  });

  test('what the options cannot mean is refused', () => {
    const { options } = profiles.standard;
    expect(() => engine.options.parse({ ...options, kind: 'express' })).toThrow();
    const { options: allowed } = profiles['standard-allowed'];
    expect(() => engine.options.parse({ ...allowed, kind: 'fifo' })).toThrow(
      'a FIFO queue neither repeats nor disorders',
    );
    expect(() => engine.options.parse({ ...allowed, visibilitySeconds: 1 })).toThrow(
      'what is held for longer than its lease',
    );
    expect(() => engine.options.parse({ ...options, visibilitySeconds: 43_201 })).toThrow();
    expect(() => engine.options.parse({ ...options, receiveWaitSeconds: 21 })).toThrow();
    expect(() => engine.options.parse({ ...options, attempts: 2 })).toThrow();
  });
});
