import { describe, expect, test } from 'vitest';
import { cannotConnect } from '../../../engines/redis/access.ts';
import { addressOf, externalTarget, protectionOf } from '../../../engines/redis/address.ts';

describe('a Redis URL', () => {
  test('names one server or several, and a missing port is 6379', () => {
    const target = externalTarget('redis://a:4000,b,[::1]:4333', {});
    expect(target.address).toBe('a:4000,b:6379,[::1]:4333');
    expect(addressOf(target)).toMatchObject({
      servers: [
        { host: 'a', port: 4000 },
        { host: 'b', port: 6379 },
        { host: '::1', port: 4333 },
      ],
      sentinels: [],
      tls: undefined,
      login: undefined,
    });
    expect(addressOf(externalTarget('rediss://a', {})).tls).toEqual({});
  });

  test('has the login of the environment, which stays out of what is printed', () => {
    const login = { ACKMARK_REDIS_USERNAME: 'me', ACKMARK_REDIS_PASSWORD: 'p@ss' };
    const target = externalTarget('redis://host:4000', login);
    expect(addressOf(target).login).toEqual({ username: 'me', password: 'p@ss' });
    expect(`${target.title} ${target.address} ${protectionOf(target)}`).not.toContain('p@ss');
    expect(protectionOf(target)).toBe('connection: in the clear, user and password');
    expect(() => externalTarget('redis://me:p@host', {})).toThrow(/does not belong into a URL/);
  });

  test.each(['', 'amqp://a', 'redis://', 'redis://a:0', 'redis://a:99999', 'redis://a b'])(
    '%j is refused without being repeated',
    (url) => {
      expect(() => externalTarget(url, {})).toThrow(/cannot use this URL/);
    },
  );
});

test.each([
  ['WRONGPASS invalid username-password pair or user is disabled.', 'ACCESS_REFUSED'],
  ['NOAUTH Authentication required.', 'ACCESS_REFUSED'],
  ['connect ECONNREFUSED 127.0.0.1:1', 'CONNECT_FAILED'],
])('who is told %j is told what to do about it', (message, code) => {
  expect(cannotConnect({ host: 'a', port: 1 }, new Error(message))).toMatchObject({ code });
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
