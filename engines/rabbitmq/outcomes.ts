import type { Outcome } from '../engine.ts';

/**
 * The closed table of how a send can end. Only a refusal before any byte, or by a queue that has its limit, is
 * `fail`; the end of a channel says nothing about what was published on it. Nor does any other nack: it comes
 * also when the queue's process or its node died, and what that one had written is there when it is back.
 */
export const RabbitCode = {
  confirmed: 0,
  nacked: 1,
  notConnected: 2,
  refusedByClient: 3,
  unsupported: 4,
  connectionLost: 5,
  channelClosedByBroker: 6,
  closedByUs: 7,
  queueFull: 8,
} as const;
export type RabbitCode = (typeof RabbitCode)[keyof typeof RabbitCode];

export const outcomes: Readonly<Record<RabbitCode, string>> = {
  [RabbitCode.confirmed]: 'ok',
  [RabbitCode.nacked]: 'basic.nack: the broker takes no responsibility',
  [RabbitCode.notConnected]: 'not connected: refused before any byte',
  [RabbitCode.refusedByClient]: 'refused by the client library before any byte',
  [RabbitCode.unsupported]: 'needs a capability that RabbitMQ does not have',
  [RabbitCode.connectionLost]: 'connection lost before the confirm',
  [RabbitCode.channelClosedByBroker]: 'channel closed by the broker before the confirm',
  [RabbitCode.closedByUs]: 'closed by us before the confirm',
  [RabbitCode.queueFull]: 'basic.nack: the queue is full',
};

const certainlyNotApplied: ReadonlySet<number> = new Set([
  RabbitCode.queueFull,
  RabbitCode.notConnected,
  RabbitCode.refusedByClient,
  RabbitCode.unsupported,
]);

export function outcomeOf(code: RabbitCode): Outcome {
  if (code === RabbitCode.confirmed) return 'ok';
  return certainlyNotApplied.has(code) ? 'fail' : 'unknown';
}

/**
 * What a closed channel means for the sends still unconfirmed on it. A reply code on the channel itself
 * is the broker's (404, 406 …); without one the connection went away beneath it.
 */
export function codeOfChannelEnd(channelError: unknown): RabbitCode {
  const hasReplyCode =
    typeof channelError === 'object' &&
    channelError !== null &&
    'code' in channelError &&
    typeof channelError.code === 'number';
  return hasReplyCode ? RabbitCode.channelClosedByBroker : RabbitCode.connectionLost;
}
