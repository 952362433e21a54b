import { describe, expect, test } from 'vitest';
import { addressOf, externalTarget } from '../../../engines/redis/address.ts';

describe('a Redis URL', () => {
  test('names one server or several, and a missing port is 6379', () => {
    const target = externalTarget('redis://a:4000,b,[::1]:4333');
    expect(target.address).toBe('a:4000,b:6379,[::1]:4333');
    expect(addressOf(target).servers).toEqual([
      { host: 'a', port: 4000 },
      { host: 'b', port: 6379 },
      { host: '::1', port: 4333 },
    ]);
    expect(addressOf(target).sentinels).toEqual([]);
    expect(addressOf(externalTarget('rediss://a')).tls).toBe(true);
    expect(addressOf(externalTarget('redis://a')).login).toEqual({});
  });

  test('carries a login that stays out of what is printed', () => {
    const target = externalTarget('redis://me:p%40ss@host:4000');
    expect(addressOf(target).login).toEqual({ user: 'me', password: 'p@ss' });
    expect(`${target.title} ${target.address}`).not.toContain('p@ss');
    expect(addressOf(externalTarget('redis://:secret@host')).login).toEqual({ password: 'secret' });
  });

  test.each([
    '',
    'amqp://a',
    'redis://',
    'redis://a:0',
    'redis://a:99999',
    'redis://a b',
    'redis://me@a',
    'redis://:%@a',
  ])('%j is refused without being repeated', (url) => {
    expect(() => externalTarget(url)).toThrow(/cannot use this URL/);
  });
});

test('servers behind a proxy keep the names that Sentinel knows them by', () => {
  const at = addressOf({
    kind: 'local',
    title: 'Redis',
    address: '127.0.0.1:1,127.0.0.1:2',
    nodes: 2,
    settings: { members: '127.0.0.1:11,127.0.0.1:12', sentinels: '127.0.0.1:21' },
  });
  expect(at.members).toEqual(['127.0.0.1:11', '127.0.0.1:12']);
  expect(at.sentinels).toEqual([{ host: '127.0.0.1', port: 21 }]);
});
