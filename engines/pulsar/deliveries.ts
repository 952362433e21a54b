import type { Delivery } from '../engine.ts';
import { readPayload } from './protocol/frames.ts';
import type { ReadOf } from './protocol/message-type.ts';
import { messageMetadata, type messageId } from './protocol/messages.ts';
import { ProtocolError } from './protocol/protocol-error.ts';

export type MessageId = ReadOf<typeof messageId>;

/** An entry's number fits into the smaller half of a position by far: a ledger is closed after 50,000. */
const entriesMost = 2 ** 32;

/**
 * @param rest what stands behind the command, of whose bytes the delivery has views
 * @param scope undefined where places are not told
 * @throws ProtocolError also for what this client does not send and does not read: batches, compressed payloads
 */
export function deliveryOf(token: MessageId, rest: Buffer, scope: number | undefined): Delivery {
  const { metadata, payload } = readPayload(rest);
  const { numMessagesInBatch, compression, properties, ...of } = messageMetadata.decode(metadata);
  if (numMessagesInBatch !== undefined || compression !== 0) {
    throw new ProtocolError('a batch or a compressed message, which somebody else has sent');
  }
  const { ledgerId, entryId } = token;
  if (ledgerId < 0 || entryId < 0 || entryId >= entriesMost) {
    throw new ProtocolError(`a message at ${ledgerId}:${entryId}`);
  }
  return {
    body: payload,
    key: keyOf(of),
    headers:
      properties.length === 0
        ? undefined
        : Object.fromEntries(properties.map(({ key, value }) => [key, value])),
    place:
      scope === undefined ? undefined : { scope, position: { major: ledgerId, minor: entryId } },
    attempt: undefined,
    redelivered: undefined,
    requestedNs: undefined,
    leaseMs: undefined,
    token,
  };
}

function keyOf({
  partitionKey,
  partitionKeyIsBase64,
}: Pick<ReadOf<typeof messageMetadata>, 'partitionKey' | 'partitionKeyIsBase64'>):
  | Buffer
  | undefined {
  if (partitionKey === undefined) return undefined;
  return Buffer.from(partitionKey, partitionKeyIsBase64 ? 'base64' : 'utf8');
}
