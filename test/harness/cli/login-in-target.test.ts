import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli/main.ts';
import { runElsewhere } from '../../engines/external/run-elsewhere.ts';
import { greetingServer } from '../../engines/rabbitmq/greeting.ts';
import { fakeHost } from './fake-host.ts';

const secret = 'pl4nted-Secret-a4f8';

describe('a login in --target', () => {
  it.each([
    ['kafka', `kafka://me:${secret}@broker.example:9092`],
    ['kafka', `me:${secret}@broker.example:9092`],
    ['rabbitmq', `amqps://me:${secret}@broker.example`],
    ['nats', `nats://${secret}@broker.example`],
    ['redis', `redis://${secret}@broker.example`],
    ['redis', `rediss://me:${secret}@broker.example:6380`],
    ['pulsar', `pulsar://me:${secret}@broker.example`],
    ['log', `tcp://me:${secret}@broker.example:1`],
    ['kafka', `kafka://me:${secret}%40broker.example:9`],
    ['log', `tcp://me:${secret}%40broker.example:1`],
  ])('of %s ends with 64 before anything is written, and is not repeated', async (engine, url) => {
    const host = fakeHost(['run', '--engine', engine, '--target', url, '--scenario', 'steady']);
    expect(await main(host)).toBe(64);
    expect(host.err()).toContain(`ACKMARK_${engine.toUpperCase()}_PASSWORD`);
    expect(host.err() + host.out()).not.toContain(secret);
    expect(existsSync(join(host.directory, 'runs'))).toBe(false);
  });

  it.each([
    ['--engine', 'kafka', '--target', `kafka://me:${secret}`],
    ['--engine', 'kafka', '--target', `kafka:me:${secret}`],
    ['--engine', 'kafka', '--target', `kafka:${secret}%40broker.example`],
    ['--engine', 'rabbitmq', '--target', `amqp://me:${secret}`],
    ['--engine', 'nats', '--target', `nats://me:${secret}`],
    ['--engine', 'redis', '--target', `redis://me:${secret}`],
    ['--engine', 'log', '--target', `tcp://me:${secret}`],
    ['--engine', 'log', '--target', `http://me:${secret}`],
    ['--engine', `kafka://me:${secret}@broker.example`],
    ['--engine', `kafka:me:${secret}@broker.example`],
    ['--engine', `kafka@me:${secret}`],
  ])('that is not whole, or not there, is not repeated either: %j %j %j %j', async (...words) => {
    const host = fakeHost(['run', ...words, '--scenario', 'steady']);
    expect(await main(host)).toBe(64);
    expect(host.err()).not.toBe('');
    expect(host.err() + host.out()).not.toContain(secret);
  });

  it('of a suite is refused alike', async () => {
    const host = fakeHost(['run', '--suite', 'own.yaml']);
    const suite = `engines: [kafka]\nscenarios: [steady]\ntarget: kafka://me:${secret}@h:1\n`;
    writeFileSync(join(host.directory, 'own.yaml'), suite);
    expect(await main(host)).toBe(64);
    expect(host.err() + host.out()).not.toContain(secret);
  });
});

describe('a login in the environment', () => {
  it.each([
    ['kafka@acks-all', 'KAFKA', 'kafka+ssl'],
    ['rabbitmq@manual-ack', 'RABBITMQ', 'amqps'],
    ['nats@jetstream-r1', 'NATS', 'tls'],
    ['redis@everysec', 'REDIS', 'redis'],
    ['redis@everysec', 'REDIS', 'rediss'],
  ])(
    'of %s is nowhere when nobody listens: 69, and no file has it',
    async (profile, engine, scheme) => {
      const run = await runElsewhere(
        {
          [`ACKMARK_${engine}_USERNAME`]: `user-${secret}`,
          [`ACKMARK_${engine}_PASSWORD`]: secret,
        },
        `--engine ${profile} --scenario steady --target ${scheme}://localhost:${await closedPort()}`,
      );
      expect(run.exitCode, run.story).toBe(69);
      expect(run.record.cells).toMatchObject([
        { status: 'error', error: { code: 'CONNECT_FAILED' } },
      ]);
      expect(run.placesOf([secret])).toEqual([]);
    },
  );

  it('reaches who is asked', async () => {
    const server = await greetingServer({ product: 'RabbitMQ', version: '4.0.5' });
    const run = await runElsewhere(
      { ACKMARK_RABBITMQ_USERNAME: 'somebody', ACKMARK_RABBITMQ_PASSWORD: secret },
      `--engine rabbitmq@manual-ack --scenario steady --target amqp://${server.address}`,
    );
    await server.close();
    expect(server.heard().includes(`\0somebody\0${secret}`), run.story).toBe(true);
    expect(run.exitCode).toBe(69);
    expect(run.placesOf(['somebody', secret])).toEqual([]);
  });

  it('would be found by that search, as the profile’s name is', async () => {
    const run = await runElsewhere(
      {},
      `--engine kafka@acks-all --scenario steady --target kafka://localhost:${await closedPort()}`,
    );
    expect(run.placesOf(['kafka@acks-all'])).toEqual(
      expect.arrayContaining([expect.stringContaining('run.json'), 'the streams']),
    );
  });
});

/** A port that was taken a moment ago, and is not any more. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
