import type { ExchangeType } from './exchange-type.ts';

/** The routing key is the binding key, byte for byte (AMQP 0-9-1, 3.1.3.1). */
export const direct: ExchangeType =
  ({ key }) =>
  (message) =>
    message.key === key;
