import { describe, expect, test } from 'vitest';
import engine from '../../../engines/nats/engine.ts';
import { profiles } from '../../../engines/nats/profiles.ts';

describe('NATS profiles', () => {
  test('none claims a power loss, to which no server here can be put', () => {
    for (const { claimedUnder } of Object.values(profiles)) {
      expect(claimedUnder).not.toContain('power-loss');
    }
  });

  test.each(Object.entries(profiles))(
    '%s is complete, cites its document, and claims the loss of a node only with three replicas',
    (_, { options, source, claimedUnder }) => {
      expect(engine.options.parse(options)).toEqual(options);
      expect(source).toMatch(/^https:\/\/docs\.nats\.io\/.+\(NATS server 2\.15\)$/);
      const survives = claimedUnder.some((domain) => domain === 'node-loss');
      expect(engine.traits(options).replicated).toBe(survives ? undefined : false);
    },
  );

  test('what the options cannot mean is refused', () => {
    const { options } = profiles['work-queue'];
    expect(() => engine.options.parse({ ...options, acknowledgement: 'none' })).toThrow();
    expect(() => engine.options.parse({ ...options, replicas: 2 })).toThrow();
  });
});
