import { headers as newHeaders, type MsgHdrs } from '@nats-io/transport-node';
import type { Outgoing } from '../engine.ts';
import { NatsCode } from './outcomes.ts';
import { longestKeyBytes } from './subjects.ts';

/** `Nats-Msg-Id`: what the stream recognises a copy by. */
const messageIdHeader = 'Nats-Msg-Id';

/** Why a message cannot be sent at all; undefined when it can. */
export function refusalOf(message: Outgoing, deduplicates: boolean): NatsCode | undefined {
  if (
    message.partition !== undefined ||
    message.group !== undefined ||
    message.delayMs > 0 ||
    (message.deduplicationId !== undefined && !deduplicates)
  ) {
    return NatsCode.unsupported;
  }
  return (message.key?.length ?? 0) > longestKeyBytes ? NatsCode.refusedByClient : undefined;
}

/** @throws what the client says of a name or a value that no header may have */
export function headersOf({ headers, deduplicationId }: Outgoing): MsgHdrs | undefined {
  if (headers === undefined && deduplicationId === undefined) return undefined;
  const made = newHeaders();
  for (const [name, value] of Object.entries(headers ?? {})) made.set(name, value);
  if (deduplicationId !== undefined) made.set(messageIdHeader, deduplicationId);
  return made;
}
