import type { Msg } from '@nats-io/transport-node';
import { invariant } from '../../harness/core/errors.ts';
import type { Delivery } from '../engine.ts';
import { keyOf } from './subjects.ts';

/** Headers of the server's own, and our deduplication ids. */
const reserved = 'Nats-';

/** What the subject for the settlement of a delivery says about it. */
export interface Metadata {
  readonly sequence: number;
  /** 1 for the first. */
  readonly deliveries: number;
}

/**
 * `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer sequence>.<time>.<pending>`, with the
 * domain and the account before the stream where a server is newer than that (ADR-15 of NATS).
 */
export function readMetadata(reply: string): Metadata {
  const tokens = reply.split('.');
  const at = tokens.length >= 11 ? 6 : 4;
  const deliveries = Number(tokens[at]);
  const sequence = Number(tokens[at + 1]);
  invariant(
    reply.startsWith('$JS.ACK.') && Number.isInteger(deliveries) && Number.isInteger(sequence),
    `${reply} is not how JetStream delivers`,
  );
  return { sequence, deliveries };
}

export interface DeliveryContext {
  readonly scope: number;
  readonly requestedNs: number;
  readonly leaseMs: number | undefined;
}

export function jetStreamDelivery(
  message: Msg,
  { scope, requestedNs, leaseMs }: DeliveryContext,
): Delivery {
  const token = message.reply ?? '';
  const { sequence, deliveries } = readMetadata(token);
  return {
    ...contentOf(message),
    place: { scope, position: { major: sequence, minor: 0 } },
    attempt: deliveries,
    redelivered: deliveries > 1,
    requestedNs,
    leaseMs,
    token,
  };
}

export function coreDelivery(message: Msg): Delivery {
  return {
    ...contentOf(message),
    place: undefined,
    attempt: undefined,
    redelivered: undefined,
    requestedNs: undefined,
    leaseMs: undefined,
    token: undefined,
  };
}

/** The client hands out views of what it read, and reads into new memory next time. */
function contentOf(message: Msg): Pick<Delivery, 'body' | 'key' | 'headers'> {
  const { data } = message;
  return {
    body: Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    key: keyOf(message.subject),
    headers: headersOf(message),
  };
}

function headersOf({ headers }: Msg): Delivery['headers'] {
  if (headers === undefined) return undefined;
  let found: Record<string, string> | undefined;
  for (const name of headers.keys()) {
    if (name.startsWith(reserved)) continue;
    found ??= {};
    found[name] = headers.get(name);
  }
  return found;
}
