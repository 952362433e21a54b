import type { Outgoing } from '../engine.ts';
import { PulsarCode } from './outcomes.ts';
import { messageMetadata } from './protocol/messages.ts';

/** What the broker reserves of `maxMessageSize` for the metadata (`Commands.DEFAULT_MAX_MESSAGE_SIZE`): 10 KiB. */
const metadataBytesMost = 10 * 1024;

/** Why a message cannot be sent at all; undefined when it can. */
export function refusalOf(message: Outgoing): PulsarCode | undefined {
  const asksTooMuch =
    message.partition !== undefined ||
    message.group !== undefined ||
    message.deduplicationId !== undefined ||
    message.delayMs > 0;
  return asksTooMuch ? PulsarCode.unsupported : undefined;
}

export interface Numbered {
  readonly producerName: string;
  readonly sequenceId: number;
  readonly publishTimeMs: number;
}

/**
 * What stands before the body. A key is bytes here and text there, so that it travels in Base64, as the Java client sends
 * keys of bytes.
 */
export function metadataOf({ key, headers }: Outgoing, numbered: Numbered): Buffer {
  return messageMetadata.encode({
    ...numbered,
    ...(headers === undefined
      ? {}
      : { properties: Object.entries(headers).map(([name, value]) => ({ key: name, value })) }),
    ...(key === undefined
      ? {}
      : { partitionKey: key.toString('base64'), partitionKeyIsBase64: true }),
  });
}

export const isTooLarge = (metadata: Buffer, body: Buffer, maxMessageBytes: number): boolean =>
  body.length > maxMessageBytes || metadata.length > metadataBytesMost;
