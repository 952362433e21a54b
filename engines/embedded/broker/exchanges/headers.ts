import type { ExchangeType } from './exchange-type.ts';

/**
 * Compares headers and ignores the key (AMQP 0-9-1, 3.1.3.4). A binding without headers gets everything
 * under `all` and nothing under `any`, as the words say.
 */
export const headers: ExchangeType = ({ match, headers: wanted }) => {
  const pairs = Object.entries(wanted);
  return (message) => {
    const has = message.headers();
    const agrees = ([name, value]: [string, string]): boolean =>
      Object.hasOwn(has, name) && has[name] === value;
    return match === 'all' ? pairs.every(agrees) : pairs.some(agrees);
  };
};
