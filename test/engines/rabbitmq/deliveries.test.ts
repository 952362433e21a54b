import type { ConsumeMessage } from 'amqplib';
import { describe, expect, test } from 'vitest';
import { toDelivery } from '../../../engines/rabbitmq/deliveries.ts';

/** As much of a message as a delivery is made of. */
const withHeaders = (headers: Readonly<Record<string, unknown>>): ConsumeMessage =>
  ({
    content: Buffer.alloc(0),
    fields: { routingKey: '', redelivered: false },
    properties: { headers },
  }) as unknown as ConsumeMessage;

describe('which delivery of a quorum queue a copy is', () => {
  test.each([
    [{}, 1],
    [{ 'x-delivery-count': 2 }, 3],
    // Since 4.3: all that were handed out, and those of them that failed.
    [{ 'x-acquired-count': 4, 'x-delivery-count': 1 }, 5],
    [{ 'x-acquired-count': 4 }, 5],
    [{ 'x-delivery-count': 'many' }, 1],
    [{ 'x-acquired-count': -1, 'x-delivery-count': 2 }, 3],
  ])('%j is delivery %i', (headers, attempt) => {
    expect(toDelivery(withHeaders(headers), true).attempt).toBe(attempt);
  });

  test('is not known of a classic queue', () => {
    expect(toDelivery(withHeaders({ 'x-delivery-count': 2 }), false).attempt).toBeUndefined();
  });
});
