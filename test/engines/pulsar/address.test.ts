import { describe, expect, test } from 'vitest';
import { addressOf, externalTarget } from '../../../engines/pulsar/address.ts';

describe('a Pulsar URL', () => {
  test('names the port of the protocol and that of the admin API; missing ones are 6650 and 8080', () => {
    expect(addressOf(externalTarget('pulsar://a:4000?admin=4001', {}))).toEqual({
      broker: { host: 'a', port: 4000 },
      admin: { host: 'a', port: 4001 },
    });
    expect(externalTarget('pulsar://[::1]/', {}).address).toBe('[::1]:6650?admin=8080');
    expect(addressOf(externalTarget('pulsar://[::1]', {})).admin).toEqual({
      host: '::1',
      port: 8080,
    });
  });

  test('is refused beside a login, which would not be used', () => {
    const login = { ACKMARK_PULSAR_USERNAME: 'me', ACKMARK_PULSAR_PASSWORD: 'p@ss' };
    expect(() => externalTarget('pulsar://a', login)).toThrow(/does not log in/);
  });

  test.each([
    '',
    'http://a',
    'tcp://a:1',
    'pulsar+ssl://a',
    'pulsar://',
    'pulsar://a:0',
    'pulsar://a,b',
    'pulsar://a?admin=99999',
    'pulsar://a?admin=',
    'pulsar://a/tenant',
  ])('%j is refused without being repeated', (url) => {
    expect(() => externalTarget(url, {})).toThrow(/cannot use this URL/);
  });
});
