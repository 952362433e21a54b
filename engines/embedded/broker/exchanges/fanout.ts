import type { ExchangeType } from './exchange-type.ts';

/** Whatever is bound gets everything (AMQP 0-9-1, 3.1.3.2). */
export const fanout: ExchangeType = () => () => true;
