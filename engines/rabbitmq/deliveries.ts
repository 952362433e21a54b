import type { ConsumeMessage } from 'amqplib';
import type { Delivery } from '../engine.ts';

/**
 * Headers in which a quorum queue counts earlier deliveries; absent on the first. Since 4.3 the second counts those
 * that failed, and only the first counts all.
 */
const counts = ['x-acquired-count', 'x-delivery-count'] as const;

export function toDelivery(message: ConsumeMessage, counted: boolean): Delivery {
  const { fields } = message;
  return {
    body: message.content,
    key: fields.routingKey === '' ? undefined : Buffer.from(fields.routingKey, 'latin1'),
    place: undefined,
    attempt: counted ? attemptOf(message) : undefined,
    redelivered: fields.redelivered,
    requestedNs: undefined,
    leaseMs: undefined,
    headers: headersOf(message),
    token: message,
  };
}

function attemptOf({ properties }: ConsumeMessage): number {
  for (const name of counts) {
    const earlier: unknown = properties.headers?.[name];
    if (typeof earlier === 'number' && Number.isInteger(earlier) && earlier >= 0) {
      return earlier + 1;
    }
  }
  return 1;
}

function headersOf({ properties }: ConsumeMessage): Delivery['headers'] {
  let found: Record<string, string> | undefined;
  const headers: Readonly<Record<string, unknown>> | undefined = properties.headers;
  for (const name in headers) {
    // Everything else in the table is the broker's own (x-death, x-delivery-count) or a stranger's.
    const value = headers[name];
    if (typeof value !== 'string') continue;
    found ??= {};
    found[name] = value;
  }
  return found;
}
