import { describe, expect, test } from 'vitest';
import engine from '../../../engines/kinesis/engine.ts';
import { profiles } from '../../../engines/kinesis/profiles.ts';

describe('Kinesis profiles', () => {
  test.each(Object.entries(profiles))(
    '%s is complete, cites its document and the version of the API, and sends nothing again behind our back',
    (_, { options, source }) => {
      expect(engine.options.parse(options)).toEqual(options);
      expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/.+\(API version 2013-12-02\)$/);
      const { attempts, resend } = options;
      expect(resend === 'client').toBe(attempts > 1);
    },
  );

  test('shards are read less often than Kinesis allows, also where two subscriptions read one', () => {
    for (const { options } of Object.values(profiles)) {
      expect(1_000 / options.pollMs).toBeLessThanOrEqual(5);
    }
  });

  test('none claims to survive what no target here can suffer', () => {
    for (const { claimedUnder } of Object.values(profiles)) {
      expect(claimedUnder).not.toContain('power-loss');
      expect(claimedUnder).not.toContain('node-loss');
    }
  });

  test('what the options cannot mean is refused', () => {
    const { options } = profiles.shards;
    expect(() => engine.options.parse({ ...options, call: 'SubscribeToShard' })).toThrow();
    expect(() => engine.options.parse({ ...options, readMost: 10_001 })).toThrow();
    expect(() => engine.options.parse({ ...options, attempts: 2 })).toThrow();
  });
});
