import { describe, expect, test } from 'vitest';
import { addressOf, externalTarget, protectionOf } from '../../../engines/nats/address.ts';

describe('a NATS URL', () => {
  test('names one server or several, and a missing port is 4222', () => {
    const { address } = externalTarget('nats://a:4000,b,[::1]:4333', {});
    expect(address).toBe('a:4000,b:4222,[::1]:4333');
    expect(addressOf(externalTarget('nats://a', {})).login).toEqual({ by: 'nothing' });
    expect(externalTarget('tls://a', {}).settings).toEqual({ tls: 'true' });
  });

  test('has the login of the environment, which stays out of what is printed', () => {
    const login = { ACKMARK_NATS_USERNAME: 'me', ACKMARK_NATS_PASSWORD: 'p@ss' };
    const target = externalTarget('nats://host:4000', login);
    expect(addressOf(target).login).toEqual({ by: 'password', user: 'me', password: 'p@ss' });
    expect(`${target.title} ${target.address}`).not.toContain('p@ss');
    const token = { ACKMARK_NATS_TOKEN: 'secret' };
    const byToken = addressOf(externalTarget('nats://host', token)).login;
    expect(byToken).toEqual({ by: 'token', token: 'secret' });
    expect(() => externalTarget('nats://host', { ...login, ...token })).toThrow(/beside a user/);
  });

  test('says in the report what the server made of it', () => {
    const target = externalTarget('nats://host', { ACKMARK_NATS_TOKEN: 'secret' });
    expect(protectionOf(target, {})).toBe('connection: in the clear, token');
    expect(protectionOf(target, { tls_available: true })).toBe(
      'connection: TLS, public authorities, token',
    );
  });

  test.each(['', 'amqp://a', 'nats://', 'nats://a:0', 'nats://a:99999', 'nats://a b'])(
    '%j is refused without being repeated',
    (url) => {
      expect(() => externalTarget(url, {})).toThrow(/cannot use this URL/);
    },
  );
});
