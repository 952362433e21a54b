import type { DeathReason } from '../embedded/broker/copy.ts';
import { deliveriesBefore, lastDeathReason } from '../embedded/broker/copy-delivery.ts';
import type { Death, Delivery } from '../engine.ts';

const causeOf: Readonly<Record<DeathReason, Death['cause']>> = {
  delivery_limit: 'attempts',
  rejected: 'rejected',
  expired: 'expired',
  maxlen: 'overflow',
};

/** How a message died last, as the broker tells it in the headers of a dead letter. */
export function deathIn(headers: Delivery['headers']): Death | undefined {
  const reason = headers?.[lastDeathReason];
  if (reason === undefined || !isReason(reason)) return undefined;
  return { cause: causeOf[reason], deliveries: Number(headers?.[deliveriesBefore] ?? 0) };
}

function isReason(reason: string): reason is DeathReason {
  return Object.hasOwn(causeOf, reason);
}
