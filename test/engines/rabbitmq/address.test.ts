import { describe, expect, test } from 'vitest';
import {
  addressesOf,
  externalTarget,
  localAccess,
  targetAt,
} from '../../../engines/rabbitmq/address.ts';
import { AckmarkError } from '../../../harness/core/errors.ts';

describe('an external target', () => {
  test('keeps the password out of everything a report prints', () => {
    const target = externalTarget('amqp://rabbit.example:5673/team%2Fa', {
      ACKMARK_RABBITMQ_USERNAME: 'me',
      ACKMARK_RABBITMQ_PASSWORD: 's3cret/',
    });
    expect(target).toMatchObject({ kind: 'external', address: 'rabbit.example:5673', nodes: 1 });
    expect(`${target.title} ${target.address}`).not.toContain('s3cret');
    expect(addressesOf(target)).toEqual([
      {
        protocol: 'amqp',
        hostname: 'rabbit.example',
        port: 5673,
        username: 'me',
        password: 's3cret/',
        vhost: 'team/a',
      },
    ]);
  });

  test('has the defaults of the URI specification', () => {
    expect(addressesOf(externalTarget('amqp://rabbit.example', {}))).toEqual([
      {
        protocol: 'amqp',
        hostname: 'rabbit.example',
        port: 5672,
        username: 'guest',
        password: 'guest',
        vhost: '/',
      },
    ]);
    expect(addressesOf(externalTarget('amqps://[::1]/', {}))[0]).toMatchObject({
      protocol: 'amqps',
      hostname: '::1',
      port: 5671,
      vhost: '/',
    });
  });

  test('may have an at sign in its virtual host, where no login is', () => {
    expect(addressesOf(externalTarget('amqp://rabbit.example/team%40a', {}))[0]).toMatchObject({
      hostname: 'rabbit.example',
      vhost: 'team@a',
    });
  });

  test('has every node of a cluster in its address', () => {
    const nodes = [
      { host: '127.0.0.1', port: 5001 },
      { host: '::1', port: 5002 },
    ];
    const target = targetAt({ kind: 'local', title: 'RabbitMQ 4' }, localAccess, nodes);
    expect(target).toMatchObject({ address: '127.0.0.1:5001,[::1]:5002', nodes: 2 });
    expect(addressesOf(target).map(({ hostname, port }) => ({ host: hostname, port }))).toEqual(
      nodes,
    );
  });

  test.each([
    'rabbit.example:5672',
    'http://rabbit.example',
    'amqp://',
    'amqp://h?heartbeat=3',
    'amqp://h/%zz',
    '',
  ])('%j is refused in words that do not repeat it', (url) => {
    const refuse = (): unknown => externalTarget(url, {});
    expect(refuse).toThrow(AckmarkError);
    expect(refuse).toThrow(/RabbitMQ target/);
  });
});
