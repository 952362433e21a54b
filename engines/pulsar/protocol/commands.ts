import type { ReadOf, WrittenOf } from './message-type.ts';
import * as message from './messages.ts';
import { ProtobufReader, WireType } from './protobuf-reader.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { ProtocolError } from './protocol-error.ts';

/**
 * `BaseCommand`: the kind of a command is its type and the number of the field that it stands in, which are the same
 * for all that is spoken here.
 */
const types = {
  connect: message.connect,
  connected: message.connected,
  subscribe: message.subscribe,
  producer: message.producer,
  send: message.send,
  sendReceipt: message.sendReceipt,
  sendError: message.sendError,
  message: message.message,
  ack: message.ack,
  flow: message.flow,
  success: message.success,
  error: message.failure,
  closeProducer: message.closeProducer,
  closeConsumer: message.closeConsumer,
  producerSuccess: message.producerSuccess,
  ping: message.empty,
  pong: message.empty,
  redeliverUnacknowledged: message.redeliverUnacknowledged,
  lookupTopic: message.lookupTopic,
  lookupTopicResponse: message.lookupTopicResponse,
  activeConsumerChange: message.activeConsumerChange,
  ackResponse: message.ackResponse,
} as const;
type Types = typeof types;
export type CommandKind = keyof Types;

const numbers: Readonly<Record<CommandKind, number>> = {
  connect: 2,
  connected: 3,
  subscribe: 4,
  producer: 5,
  send: 6,
  sendReceipt: 7,
  sendError: 8,
  message: 9,
  ack: 10,
  flow: 11,
  success: 13,
  error: 14,
  closeProducer: 15,
  closeConsumer: 16,
  producerSuccess: 17,
  ping: 18,
  pong: 19,
  redeliverUnacknowledged: 20,
  lookupTopic: 23,
  lookupTopicResponse: 24,
  activeConsumerChange: 31,
  ackResponse: 38,
};

/** Of each kind what is read; `other` stands for all that nobody here understands. */
export type Command =
  | {
      readonly [K in CommandKind]: { readonly kind: K; readonly body: ReadOf<Types[K]> };
    }[CommandKind]
  | { readonly kind: 'other'; readonly number: number };
export type CommandBody<K extends CommandKind> = WrittenOf<Types[K]>;

const typeField = 1;
const kinds = new Map(
  Object.entries(numbers).map(([kind, number]) => [number, kind as CommandKind]),
);

export function encodeCommand<K extends CommandKind>(kind: K, body: CommandBody<K>): Buffer {
  const number = numbers[kind];
  const out = new ProtobufWriter();
  out.tag(typeField, WireType.varint);
  out.varint(number);
  out.tag(number, WireType.bytes);
  const type = types[kind] as { encode(message: unknown): Buffer };
  out.bytes(type.encode(body));
  return out.finish();
}

/** The kind of a command by its first bytes, where its type stands; undefined when nobody here understands it. */
export function commandKind(bytes: Buffer): CommandKind | undefined {
  const from = new ProtobufReader(bytes);
  return from.varint() === typeField * 8 ? kinds.get(from.varint()) : undefined;
}

/** @throws ProtocolError */
export function decodeCommand(bytes: Buffer): Command {
  const from = new ProtobufReader(bytes);
  let number = -1;
  let body: Buffer | undefined;
  while (!from.isAtEnd) {
    const tag = from.varint();
    const field = Math.floor(tag / 8);
    if (field === typeField) number = from.varint();
    else if (field === number && tag % 8 === WireType.bytes) body = from.bytes();
    else from.skip(tag % 8);
  }
  const kind = kinds.get(number);
  if (kind === undefined) return { kind: 'other', number };
  if (body === undefined) throw new ProtocolError(`a command ${kind} without its body`);
  return { kind, body: types[kind].decode(body) } as Command;
}
