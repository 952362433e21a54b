import { describe, expect, it } from 'vitest';
import { catalog } from '../../../engines/catalog.ts';
import { urlOf } from '../../../harness/cli/commands/up.ts';

describe('what `up` prints', () => {
  it.each([
    ['log', 'tcp://127.0.0.1:4000'],
    ['queue', 'tcp://127.0.0.1:4000'],
    ['kafka', 'kafka://127.0.0.1:4000'],
    ['rabbitmq', 'amqp://127.0.0.1:4000'],
    ['nats', 'nats://127.0.0.1:4000'],
  ])('is a target that %s takes', async (id, url) => {
    const engine = (await catalog.find((entry) => entry.id === id)?.load())?.default;
    if (engine === undefined) throw new Error(`no engine ${id}`);
    expect(urlOf(engine, '127.0.0.1:4000')).toBe(url);
  });
});
