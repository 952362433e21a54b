import { afterEach, describe, expect, test } from 'vitest';
import { externalTarget } from '../../../engines/rabbitmq/address.ts';
import { openLink } from '../../../engines/rabbitmq/link.ts';
import { greetingServer } from './greeting.ts';

let close: (() => Promise<void>) | undefined;
afterEach(async () => close?.());

describe('a server that lets us in', () => {
  test.each([
    [{ product: 'RabbitMQ', version: '4.3.1' }, 'RabbitMQ 4.3.1', '4.3.1'],
    [{ product: 'LavinMQ', version: '2.4.0' }, 'LavinMQ 2.4.0', undefined],
    [{ product: 'RabbitMQ' }, 'RabbitMQ of unknown version', undefined],
    [{}, 'AMQP server without a name of unknown version', undefined],
  ])('with %j is known by what it says, and left again', async (properties, title, version) => {
    const server = await greetingServer(properties);
    close = server.close;
    const target = externalTarget(`amqp://${server.address}`, {});
    const link = await openLink(target, { name: 'test', heartbeatSeconds: 0 });
    expect(link.product).toEqual({ title, version });
    expect(server.connections()).toBe(1);
    await link.close();
    await expect.poll(() => server.connections()).toBe(0);
  });
});
