import type { Message, SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs';
import { AwsCode } from '../aws/outcomes.ts';
import type { Delivery, Outgoing } from '../engine.ts';
import type { SqsOptions } from './options.ts';

/** Attributes of a message (Developer Guide, message metadata). */
const headersMost = 10;
/** Longest delay of a message (API reference, SendMessage). */
const delayMostMs = 900_000;

/** Why a message cannot be sent at all; undefined when it can. */
export function refusalOf(message: Outgoing, { kind }: SqsOptions): AwsCode | undefined {
  const { key, partition, group, deduplicationId, delayMs } = message;
  const isFifo = kind === 'fifo';
  const asks =
    key !== undefined ||
    partition !== undefined ||
    (isFifo ? delayMs > 0 : group !== undefined || deduplicationId !== undefined);
  if (asks) return AwsCode.unsupported;
  const headers = Object.values(message.headers ?? {});
  const isFit =
    delayMs <= delayMostMs &&
    headers.length <= headersMost &&
    headers.every((value) => value !== '') &&
    [group, deduplicationId].every((name) => name === undefined || isName(name));
  return isFit ? undefined : AwsCode.unfit;
}

/** Of groups and deduplication ids: up to 128 printable characters of ASCII without a space. */
const isName = (text: string): boolean => /^[!-~]{1,128}$/.test(text);

/**
 * @param own names the message where its sender gives it no group or id of its own: then it is alone in its group, and
 *   no copy of another
 */
export function entryOf(
  message: Outgoing,
  { kind }: SqsOptions,
  own: string,
): SendMessageBatchRequestEntry {
  const { ticket, body, headers, delayMs, group, deduplicationId } = message;
  const attributes = Object.entries(headers ?? {}).map(
    ([name, value]) => [name, { DataType: 'String', StringValue: value }] as const,
  );
  return {
    Id: String(ticket),
    MessageBody: body.toString('base64'),
    ...(attributes.length === 0 ? {} : { MessageAttributes: Object.fromEntries(attributes) }),
    // Whole seconds: never earlier than was asked for.
    ...(delayMs > 0 ? { DelaySeconds: Math.ceil(delayMs / 1_000) } : {}),
    ...(kind === 'fifo'
      ? { MessageGroupId: group ?? own, MessageDeduplicationId: deduplicationId ?? own }
      : {}),
  };
}

/** What of a received message does not depend on who received it. */
export type Content = Pick<Delivery, 'body' | 'headers' | 'attempt' | 'redelivered'>;

/** One that somebody else sent may lack everything; then it is empty. */
export function contentOf({ Body, Attributes, MessageAttributes }: Message): Content {
  const attempt = Number(Attributes?.ApproximateReceiveCount ?? 1);
  const headers = Object.entries(MessageAttributes ?? {}).map(
    ([name, { StringValue = '' }]) => [name, StringValue] as const,
  );
  return {
    body: Buffer.from(Body ?? '', 'base64'),
    headers: headers.length === 0 ? undefined : Object.fromEntries(headers),
    attempt,
    redelivered: attempt > 1,
  };
}
