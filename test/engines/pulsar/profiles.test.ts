import { describe, expect, test } from 'vitest';
import engine from '../../../engines/pulsar/engine.ts';
import { profiles } from '../../../engines/pulsar/profiles.ts';

describe('Pulsar profiles', () => {
  test.each(Object.entries(profiles))(
    '%s is complete, cites its document, and claims nothing that one node cannot show',
    (_, { options, source, claimedUnder }) => {
      expect(engine.options.parse(options)).toEqual(options);
      expect(source).toMatch(
        /^https:\/\/pulsar\.apache\.org\/docs\/4\.0\.x\/.+\(Apache Pulsar 4\.0\)$/,
      );
      expect(claimedUnder).not.toContain('power-loss');
      expect(claimedUnder).not.toContain('node-loss');
    },
  );

  test('who sends again under a name promises to store once, and the others do not', () => {
    for (const { options, promises } of Object.values(profiles)) {
      const isOnce = promises.some((promise) => promise === 'idempotent-produce');
      expect(isOnce).toBe(engine.traits(options).retriedBy === 'client');
    }
  });

  test('what the options cannot mean is refused', () => {
    const { options } = profiles.shared;
    expect(() => engine.options.parse({ ...options, subscription: 'exclusive' })).toThrow();
    expect(() => engine.options.parse({ ...options, answerTimeoutMs: 0 })).toThrow();
  });
});
