import { type ByteReader, type ByteWriter, ProtocolError } from './bytes.ts';

/** What a message tells the queue besides its content. */
export interface SendOptions {
  readonly group: string | undefined;
  readonly deduplicationId: string | undefined;
  /** 0: the queue's own delay. */
  readonly delayMs: number;
}

export const noSendOptions: SendOptions = {
  group: undefined,
  deduplicationId: undefined,
  delayMs: 0,
};

/** Of a group's name and of a deduplication id, in UTF-8; SQS allows 128 characters of ASCII. */
export const maxNameBytes = 128;

export function hasOptions({ group, deduplicationId, delayMs }: SendOptions): boolean {
  return group !== undefined || deduplicationId !== undefined || delayMs > 0;
}

export function optionsBytes({ group, deduplicationId }: SendOptions): number {
  return 10 + Buffer.byteLength(group ?? '') + Buffer.byteLength(deduplicationId ?? '');
}

/** u32 count, 0 for no options at all | per message: group and deduplication id, empty for none | u32 delay */
export function writeOptions(
  to: ByteWriter,
  options: readonly SendOptions[] | undefined,
): ByteWriter {
  to.u32(options?.length ?? 0);
  for (const { group, deduplicationId, delayMs } of options ?? []) {
    to.text(group ?? '')
      .text(deduplicationId ?? '')
      .u32(delayMs);
  }
  return to;
}

/** @throws ProtocolError */
export function readOptions(from: ByteReader): readonly SendOptions[] | undefined {
  const count = from.u32();
  if (count === 0) return undefined;
  const options: SendOptions[] = [];
  for (let left = count; left > 0; left -= 1) {
    options.push({ group: name(from), deduplicationId: name(from), delayMs: from.u32() });
  }
  return options;
}

function name(from: ByteReader): string | undefined {
  const text = from.text();
  if (Buffer.byteLength(text) > maxNameBytes) {
    throw new ProtocolError(`a group or deduplication id of more than ${maxNameBytes} bytes`);
  }
  return text === '' ? undefined : text;
}
