import { describe, expect, test } from 'vitest';
import { addressOf, externalTarget } from '../../../engines/nats/address.ts';

describe('a NATS URL', () => {
  test('names one server or several, and a missing port is 4222', () => {
    expect(externalTarget('nats://a:4000,b,[::1]:4333').address).toBe('a:4000,b:4222,[::1]:4333');
    expect(addressOf(externalTarget('nats://a')).login).toEqual({ by: 'nothing' });
    expect(addressOf(externalTarget('tls://a')).tls).toBe(true);
  });

  test('carries a login that stays out of what is printed', () => {
    const target = externalTarget('nats://me:p%40ss@host:4000');
    expect(addressOf(target).login).toEqual({ by: 'password', user: 'me', password: 'p@ss' });
    expect(`${target.title} ${target.address}`).not.toContain('p@ss');
    expect(addressOf(externalTarget('nats://secret@host')).login).toEqual({
      by: 'token',
      token: 'secret',
    });
  });

  test.each([
    '',
    'amqp://a',
    'nats://',
    'nats://a:0',
    'nats://a:99999',
    'nats://a b',
    'nats://%@a',
  ])('%j is refused without being repeated', (url) => {
    expect(() => externalTarget(url)).toThrow(/cannot use this URL/);
  });
});
