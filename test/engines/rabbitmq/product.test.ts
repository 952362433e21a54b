import { describe, expect, test } from 'vitest';
import { productOf } from '../../../engines/rabbitmq/product.ts';

describe('a server by its own word', () => {
  test.each([
    ['RabbitMQ', '4.0.5', 'RabbitMQ 4.0.5', '4.0.5'],
    ['RabbitMQ', '4.3.0-rc.1', 'RabbitMQ 4.3.0-rc.1', '4.3.0-rc.1'],
    ['RabbitMQ', 'v4.3.1', 'RabbitMQ v4.3.1', undefined],
    ['RabbitMQ', '0.0.0', 'RabbitMQ 0.0.0', undefined],
    ['RabbitMQ', '', 'RabbitMQ of unknown version', undefined],
    ['RabbitMQ', undefined, 'RabbitMQ of unknown version', undefined],
    ['RabbitMQ', 43, 'RabbitMQ of unknown version', undefined],
    ['LavinMQ', '2.4.0', 'LavinMQ 2.4.0', undefined],
    [undefined, '2.4.0', 'AMQP server without a name 2.4.0', undefined],
    [{ '!': 'x' }, null, 'AMQP server without a name of unknown version', undefined],
    ['LavinMQ\u001b[2J', '2', 'LavinMQ?[2J 2', undefined],
  ])('%j %j is %j, its version %j', (product, version, title, compared) => {
    expect(productOf({ product, version })).toEqual({ title, version: compared });
  });

  test('is never longer than a line', () => {
    expect(productOf({ product: 'x'.repeat(300), version: '1' }).title).toHaveLength(80);
  });
});
