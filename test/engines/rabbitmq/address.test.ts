import { describe, expect, test } from 'vitest';
import { addressOf, externalTarget } from '../../../engines/rabbitmq/address.ts';
import { AckmarkError } from '../../../harness/core/errors.ts';

describe('an external target', () => {
  test('keeps the password out of everything a report prints', () => {
    const target = externalTarget('amqp://me:s3cret%2F@rabbit.example:5673/team%2Fa');
    expect(target).toMatchObject({ kind: 'external', address: 'rabbit.example:5673', nodes: 1 });
    expect(`${target.title} ${target.address}`).not.toContain('s3cret');
    expect(addressOf(target)).toEqual({
      protocol: 'amqp',
      hostname: 'rabbit.example',
      port: 5673,
      username: 'me',
      password: 's3cret/',
      vhost: 'team/a',
    });
  });

  test('has the defaults of the URI specification', () => {
    expect(addressOf(externalTarget('amqp://rabbit.example'))).toEqual({
      protocol: 'amqp',
      hostname: 'rabbit.example',
      port: 5672,
      username: 'guest',
      password: 'guest',
      vhost: '/',
    });
    expect(addressOf(externalTarget('amqps://[::1]/'))).toMatchObject({
      protocol: 'amqps',
      hostname: '::1',
      port: 5671,
      vhost: '/',
    });
  });

  test.each([
    'rabbit.example:5672',
    'http://rabbit.example',
    'amqp://',
    'amqp://h?heartbeat=3',
    'amqp://a%zz@h',
    '',
  ])('%j is refused in words that do not repeat it', (url) => {
    const refuse = (): unknown => externalTarget(url);
    expect(refuse).toThrow(AckmarkError);
    expect(refuse).toThrow(/RabbitMQ target/);
  });
});
