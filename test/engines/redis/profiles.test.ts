import { describe, expect, test } from 'vitest';
import engine from '../../../engines/redis/engine.ts';
import { profiles } from '../../../engines/redis/profiles.ts';

describe('Redis profiles', () => {
  test('none claims a power loss, which nobody here can cause, or the loss of a node, which no document promises to survive', () => {
    for (const { claimedUnder } of Object.values(profiles)) {
      expect(claimedUnder).not.toContain('power-loss');
      expect(claimedUnder).not.toContain('node-loss');
    }
  });

  test.each(Object.entries(profiles))(
    '%s is complete, cites its document, and claims a crash of the server only if that syncs first',
    (_, { options, source, claimedUnder }) => {
      expect(engine.options.parse(options)).toEqual(options);
      expect(source).toMatch(/^https:\/\/redis\.io\/docs\/latest\/.+\(Redis 8\.0\)$/);
      const survives = claimedUnder.some((domain) => domain === 'process-crash');
      expect(survives).toBe(options.appendFsync === 'always');
      expect(engine.targetSettings(options)).toEqual({ appendfsync: options.appendFsync });
    },
  );

  test('what the options cannot mean is refused', () => {
    const { options } = profiles.everysec;
    expect(() => engine.options.parse({ ...options, appendFsync: 'no' })).toThrow();
    expect(() => engine.options.parse({ ...options, waitForReplicas: -1 })).toThrow();
  });
});
