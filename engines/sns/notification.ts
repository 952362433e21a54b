import type { Message } from '@aws-sdk/client-sqs';
import type { Content } from '../sqs/messages.ts';
import { contentOf } from '../sqs/messages.ts';
import type { SnsOptions } from './options.ts';

/** The JSON document in which a notification reaches a queue (Developer Guide, message and JSON formats). */
interface Notification {
  readonly Message?: string;
  readonly MessageAttributes?: Readonly<
    Record<string, { readonly Type: string; readonly Value: string }>
  >;
}

/** Of a topic's message in a queue; what is not the document that was expected is empty. */
export function publishedIn(message: Message, { delivery }: Pick<SnsOptions, 'delivery'>): Content {
  if (delivery === 'raw') return contentOf(message);
  const { Message: Body, MessageAttributes = {} } = notificationIn(message.Body);
  const attributes = Object.entries(MessageAttributes).map(
    ([name, { Type, Value }]) => [name, { DataType: Type, StringValue: Value }] as const,
  );
  return contentOf({ ...message, Body, MessageAttributes: Object.fromEntries(attributes) });
}

function notificationIn(text = ''): Notification {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
