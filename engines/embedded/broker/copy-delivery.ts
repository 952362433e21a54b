import { decodeHeaders, encodeHeaders } from '../protocol/batch.ts';
import type { Death } from './copy.ts';

/** A copy as it crosses the wire. */
export interface CopyDelivery {
  readonly tag: number;
  readonly attempt: number;
  readonly key: Buffer | undefined;
  /** Encoded by `encodeHeaders`. */
  readonly headers: Buffer | undefined;
  readonly body: Buffer;
}

/** RabbitMQ's names for why and where a message died last, and after how many deliveries (docs/dlx). */
export const lastDeathReason = 'x-last-death-reason';
export const lastDeathQueue = 'x-last-death-queue';
export const deliveriesBefore = 'x-delivery-count';

/** The headers of a message that has died, with its last death told beside its own. */
export function withLastDeath(
  headers: Buffer | undefined,
  deaths: readonly Death[],
  nameOf: (queue: number) => string | undefined,
): Buffer | undefined {
  const last = deaths.at(-1);
  if (last === undefined) return headers;
  const name = nameOf(last.queue);
  return encodeHeaders({
    ...decodeHeaders(headers),
    [lastDeathReason]: last.reason,
    [deliveriesBefore]: String(last.deliveries),
    ...(name === undefined ? {} : { [lastDeathQueue]: name }),
  });
}
