import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../../engines/catalog.ts';
import { urlOf } from '../../../harness/cli/commands/up.ts';
import { readKept } from '../../../harness/cli/kept-target.ts';
import { main } from '../../../harness/cli/main.ts';
import { fakeHost } from './fake-host.ts';

describe('what `up` prints', () => {
  it.each([
    ['log', 'tcp://127.0.0.1:4000'],
    ['queue', 'tcp://127.0.0.1:4000'],
    ['kafka', 'kafka://127.0.0.1:4000'],
    ['rabbitmq', 'amqp://127.0.0.1:4000'],
    ['nats', 'nats://127.0.0.1:4000'],
    ['pulsar', 'pulsar://127.0.0.1:4000'],
  ])('is a target that %s takes', async (id, url) => {
    const engine = (await catalog.find((entry) => entry.id === id)?.load())?.default;
    if (engine === undefined) throw new Error(`no engine ${id}`);
    expect(urlOf(engine, '127.0.0.1:4000')).toBe(url);
  });
});

it.skipIf(process.platform !== 'linux')(
  'what `up` leaves running has no login',
  async () => {
    const secret = 'pl4nted-Secret-b5c1';
    const { directory, environment } = fakeHost([]);
    const given = {
      directory,
      environment: { ...environment, ACKMARK_KAFKA_PASSWORD: secret },
      script: fileURLToPath(new URL('../../../harness/cli/bin.ts', import.meta.url)),
    };
    const up = fakeHost(['up', 'log'], given);
    try {
      expect(await main(up), up.err()).toBe(0);
      const environ = readFileSync(`/proc/${readKept(up, 'log')?.pid}/environ`, 'utf8');
      expect(environ).toContain(`ACKMARK_CACHE=${environment['ACKMARK_CACHE']}`);
      expect(environ).not.toContain(secret);
    } finally {
      expect(await main(fakeHost(['down', 'log'], given))).toBe(0);
    }
  },
  60_000,
);
