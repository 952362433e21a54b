import { murmur2 as clientMurmur2 } from '@platformatic/kafka';
import { assert, integer, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { externalTarget } from '../../../engines/kafka/address.ts';
import engine from '../../../engines/kafka/engine.ts';
import { murmur2, partitionOfKey } from '../../../harness/core/murmur2.ts';
import { kafkaOptions } from '../../../engines/kafka/options.ts';
import { profiles } from '../../../engines/kafka/profiles.ts';
import { traits } from '../../../engines/kafka/traits.ts';

describe('the profiles of kafka', () => {
  it('hold options that can be had, each', () => {
    const names = [
      'acks-0',
      'acks-1',
      'acks-all',
      'acks-all-min-1',
      'unclean',
      'acks-all-no-retries',
      'idempotent',
      'static-members',
      'composite-key',
      'uncorrelated',
      'short-retention',
      'compacted',
      'transactional',
      'read-uncommitted',
      'keyed-effects',
      'late-keys',
      'skips-undecodable',
      'commits-before-write',
    ];
    expect(Object.keys(engine.profiles)).toEqual(names);
    for (const { options } of Object.values(profiles)) {
      expect(kafkaOptions.parse(options)).toEqual(options);
    }
  });

  it('promise order and single copies only where one request is in flight and the broker dedups', () => {
    const promising = Object.entries(profiles).filter(([, { promises }]) => promises.length > 0);
    expect(promising.map(([name]) => name)).toEqual([
      'idempotent',
      'static-members',
      'composite-key',
      'transactional',
      'read-uncommitted',
      'keyed-effects',
      'late-keys',
      'skips-undecodable',
      'commits-before-write',
    ]);
    for (const [, { options }] of promising) {
      expect(options).toMatchObject({ maxInFlight: 1, idempotent: true });
    }
  });

  it('wish three replicas of which two are in sync, and claim a lost node only where those two had to answer', () => {
    expect(profiles['acks-all'].options).toMatchObject({ replicas: 3, minInsyncReplicas: 2 });
    for (const { claimedUnder, options } of Object.values(profiles)) {
      const isAnsweredByTwo = options.acks === 'all' && options.minInsyncReplicas === 2;
      if (!isAnsweredByTwo) expect(claimedUnder).not.toContain('node-loss');
      expect(claimedUnder).not.toContain('power-loss');
    }
  });

  it('do not claim a process crash for acks-1, whose leader may be replaced by one without it', () => {
    expect(profiles['acks-1'].claimedUnder).not.toContain('process-crash');
  });
});

describe('the traits of kafka', () => {
  it('have no reply and no retry at acks-0', () => {
    const weakest = traits(profiles['acks-0'].options);
    expect(weakest).toMatchObject({ sendReply: 'none', retriedBy: 'nobody' });
    expect(weakest.capabilities.has('transactions')).toBe(false);
  });

  it('offer transactions only to idempotent producers', () => {
    expect(traits(profiles['acks-all'].options).capabilities.has('transactions')).toBe(false);
    expect(traits(profiles.idempotent.options).capabilities.has('transactions')).toBe(true);
  });
});

describe('options of kafka', () => {
  it('are refused when the client would silently change them', () => {
    const idempotent = profiles.idempotent.options;
    for (const change of [{ maxInFlight: 5 }, { acks: 'leader' }, { retries: 0 }]) {
      expect(() => kafkaOptions.parse({ ...idempotent, ...change })).toThrow(/idempotent needs/);
    }
  });
});

describe('external kafka addresses', () => {
  it.each([
    ['kafka://a:9093', 'a:9093', 1, 'false'],
    ['kafka://a,b:1', 'a:9092,b:1', 2, 'false'],
    ['kafka+ssl://a:9093,b', 'a:9093,b:9092', 2, 'true'],
    ['[::1]:9092', '[::1]:9092', 1, 'false'],
  ])('%s', (url, address, nodes, tls) => {
    const target = { kind: 'external', address, nodes, settings: { tls } };
    expect(externalTarget(url, {})).toMatchObject(target);
  });

  it.each([
    '',
    'kafka://',
    'kafka+ssl://',
    'http://a:1/path',
    'kafkas://a:1',
    'a:0',
    'a:99999',
    'a b:1',
  ])('refuses %j', (url) => {
    expect(() => externalTarget(url, {})).toThrow(/not a Kafka address/);
  });

  it('log in as the environment says, and by default without handing the password out', () => {
    const login = { ACKMARK_KAFKA_USERNAME: 'me', ACKMARK_KAFKA_PASSWORD: 'mine' };
    const settingsOf = (more: Readonly<Record<string, string>>) =>
      externalTarget('kafka+ssl://a', { ...login, ...more }).settings;
    expect(settingsOf({})).toMatchObject({ username: 'me', mechanism: 'SCRAM-SHA-512' });
    const plain = { ACKMARK_KAFKA_SASL_MECHANISM: 'PLAIN' };
    expect(settingsOf(plain)).toMatchObject({ password: 'mine', mechanism: 'PLAIN' });
    expect(() => settingsOf({ ACKMARK_KAFKA_SASL_MECHANISM: 'GSSAPI' })).toThrow(/not offered/);
    expect(() => externalTarget('kafka://a', plain)).toThrow(/nobody to log in/);
  });
});

describe('the partition of a key', () => {
  // `UtilsTest.testMurmur2` of Apache Kafka’s own clients, which is what the Java producer partitions by.
  it.each([
    ['21', -973_932_308],
    ['foobar', -790_332_482],
    ['a-little-bit-long-string', -985_981_536],
    ['a-little-bit-longer-string', -1_486_304_829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
    ['abc', 479_470_107],
  ])('of the Java client has the hash of %s', (key, hash) => {
    expect(murmur2(Buffer.from(key)) | 0).toBe(hash);
  });

  it('is the one every Kafka client would choose', () => {
    assert(
      property(uint8Array({ maxLength: 40 }), integer({ min: 1, max: 50 }), (key, count) => {
        const theirs = clientMurmur2(Buffer.from(key)) & 0x7fff_ffff;
        expect(murmur2(key) & 0x7fff_ffff).toBe(theirs);
        expect(partitionOfKey(key, count)).toBe(theirs % count);
      }),
    );
  });
});
