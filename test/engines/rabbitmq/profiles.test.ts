import { describe, expect, test } from 'vitest';
import engine from '../../../engines/rabbitmq/engine.ts';
import { mustForbid } from '../../../harness/core/clauses.ts';

const traitsOf = (options: unknown) => engine.traits(engine.options.parse(options));

describe('profiles', () => {
  test.each(Object.entries(engine.profiles))(
    '%s is complete and cites its document',
    (_, profile) => {
      expect(engine.options.parse(profile.options)).toEqual(profile.options);
      expect(profile.source).toMatch(/^https:\/\/www\.rabbitmq\.com\/docs\/.+\(RabbitMQ \d/);
      expect(profile.claimedUnder).toContain('process-crash');
      expect(profile.claimedUnder).not.toContain('power-loss');
    },
  );

  test('a delivery limit is no promise of 4.3 to who gives back with basic.nack', () => {
    for (const { promises, options, ...more } of Object.values(engine.profiles)) {
      const limited = (claimed: readonly string[]): boolean =>
        claimed.includes('dead-letter') || claimed.includes('delivery-limit');
      if (!limited(promises)) continue;
      const [edition] = 'editions' in more ? more.editions : [];
      expect(edition?.from).toBe('4.3');
      expect(edition?.source).toMatch(
        /^https:\/\/www\.rabbitmq\.com\/docs\/4\.3\/.+\(RabbitMQ 4\.3\)$/,
      );
      expect(limited(edition?.promises ?? [])).toBe(options.requeueWith === 'reject');
    }
  });

  test('only at-least-once claims that nothing acknowledged is lost, and only it resends', () => {
    for (const { level, promises, options } of Object.values(engine.profiles)) {
      const claimsLossless = mustForbid(level, promises).includes('D1');
      expect(traitsOf(options).retriedBy).toBe(claimsLossless ? 'harness' : 'nobody');
    }
  });

  test('automatic consumption goes with automatic acknowledgement, and with no settlement at all', () => {
    for (const { consumption, options } of Object.values(engine.profiles)) {
      const { acknowledge, ackReply, capabilities } = traitsOf(options);
      const automatic = consumption === 'automatic';
      expect(acknowledge).toBe(automatic ? 'none' : 'individual');
      const fenced = !automatic && options.queueType === 'classic';
      expect(ackReply).toBe(fenced ? 'fence' : 'none');
      expect(capabilities.has('requeue')).toBe(!automatic);
    }
  });
});

describe('options and traits', () => {
  test('an unknown option is refused', () => {
    expect(() => engine.options.parse({ quorom: true })).toThrow(/quorom/);
  });

  test('a quorum queue counts attempts, and nothing proves its acknowledgements', () => {
    const traits = traitsOf({ queueType: 'quorum' });
    expect(traits.capabilities.has('attempts')).toBe(true);
    expect(traits.ackReply).toBe('none');
  });

  test('returns are declared exactly when messages are mandatory', () => {
    for (const mandatory of [true, false]) {
      expect(traitsOf({ mandatory }).capabilities.has('returns')).toBe(mandatory);
    }
  });
});
