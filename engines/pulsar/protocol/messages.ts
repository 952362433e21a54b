/**
 * The part of the Pulsar wire protocol that is spoken here. Names and numbers of the fields are those of
 * `pulsar-common/src/main/proto/PulsarApi.proto` of Apache Pulsar 4.0, which is licensed to the Apache Software
 * Foundation under the Apache License, Version 2.0 (http://www.apache.org/licenses/LICENSE-2.0). Fields that nobody here
 * looks at are left out: they are skipped.
 */
import {
  bool,
  defaulted,
  integer,
  messageType,
  nested,
  optional,
  repeated,
  required,
  string,
} from './message-type.ts';

/** Where a message stands: Java's −1 is none, for a copy that was recognised for example. */
export const messageId = messageType('MessageIdData', {
  ledgerId: required(1, integer),
  entryId: required(2, integer),
  partition: defaulted(3, integer, -1),
  batchIndex: defaulted(4, integer, -1),
});

const keyValue = messageType('KeyValue', { key: required(1, string), value: required(2, string) });

/** Stands before the payload of a message, covered by its checksum. */
export const messageMetadata = messageType('MessageMetadata', {
  producerName: required(1, string),
  sequenceId: required(2, integer),
  publishTimeMs: required(3, integer),
  properties: repeated(4, nested(keyValue)),
  partitionKey: optional(6, string),
  compression: defaulted(8, integer, 0),
  numMessagesInBatch: optional(11, integer),
  partitionKeyIsBase64: defaulted(17, bool, false),
});

const featureFlags = messageType('FeatureFlags', {
  supportsAuthRefresh: defaulted(1, bool, false),
  supportsBrokerEntryMetadata: defaulted(2, bool, false),
});

export const connect = messageType('CommandConnect', {
  clientVersion: required(1, string),
  protocolVersion: defaulted(4, integer, 0),
  featureFlags: optional(10, nested(featureFlags)),
});

export const connected = messageType('CommandConnected', {
  serverVersion: required(1, string),
  protocolVersion: defaulted(2, integer, 0),
  maxMessageBytes: optional(3, integer),
});

export const SubscriptionType = { exclusive: 0, shared: 1, failover: 2, keyShared: 3 } as const;
export const InitialPosition = { latest: 0, earliest: 1 } as const;

export const subscribe = messageType('CommandSubscribe', {
  topic: required(1, string),
  subscription: required(2, string),
  subscriptionType: required(3, integer),
  consumerId: required(4, integer),
  requestId: required(5, integer),
  consumerName: optional(6, string),
  durable: defaulted(8, bool, true),
  initialPosition: defaulted(13, integer, InitialPosition.latest),
  forceTopicCreation: defaulted(15, bool, true),
});

export const lookupTopic = messageType('CommandLookupTopic', {
  topic: required(1, string),
  requestId: required(2, integer),
  authoritative: defaulted(3, bool, false),
});

export const LookupAnswer = { redirect: 0, connect: 1, failed: 2 } as const;

export const lookupTopicResponse = messageType('CommandLookupTopicResponse', {
  brokerServiceUrl: optional(1, string),
  response: optional(3, integer),
  requestId: required(4, integer),
  error: optional(6, integer),
  message: optional(7, string),
});

export const producer = messageType('CommandProducer', {
  topic: required(1, string),
  producerId: required(2, integer),
  requestId: required(3, integer),
  producerName: optional(4, string),
  epoch: defaulted(8, integer, 0),
  userProvidedProducerName: defaulted(9, bool, true),
});

export const producerSuccess = messageType('CommandProducerSuccess', {
  requestId: required(1, integer),
  producerName: required(2, string),
  /** Of what is stored of a producer of that name; −1: nothing, or the topic does not look for copies. */
  lastSequenceId: defaulted(3, integer, -1),
  producerReady: defaulted(6, bool, true),
});

export const send = messageType('CommandSend', {
  producerId: required(1, integer),
  sequenceId: required(2, integer),
  numMessages: defaulted(3, integer, 1),
});

export const sendReceipt = messageType('CommandSendReceipt', {
  producerId: required(1, integer),
  sequenceId: required(2, integer),
  messageId: optional(3, nested(messageId)),
});

export const sendError = messageType('CommandSendError', {
  producerId: required(1, integer),
  sequenceId: required(2, integer),
  error: required(3, integer),
  message: required(4, string),
});

export const message = messageType('CommandMessage', {
  consumerId: required(1, integer),
  messageId: required(2, nested(messageId)),
  redeliveryCount: defaulted(3, integer, 0),
});

export const AckType = { individual: 0, cumulative: 1 } as const;

export const ack = messageType('CommandAck', {
  consumerId: required(1, integer),
  ackType: required(2, integer),
  messageIds: repeated(3, nested(messageId)),
  requestId: optional(8, integer),
});

export const ackResponse = messageType('CommandAckResponse', {
  consumerId: required(1, integer),
  error: optional(4, integer),
  message: optional(5, string),
  requestId: optional(6, integer),
});

export const flow = messageType('CommandFlow', {
  consumerId: required(1, integer),
  messagePermits: required(2, integer),
});

export const redeliverUnacknowledged = messageType('CommandRedeliverUnacknowledgedMessages', {
  consumerId: required(1, integer),
  messageIds: repeated(2, nested(messageId)),
});

export const activeConsumerChange = messageType('CommandActiveConsumerChange', {
  consumerId: required(1, integer),
  isActive: defaulted(2, bool, false),
});

export const closeProducer = messageType('CommandCloseProducer', {
  producerId: required(1, integer),
  requestId: required(2, integer),
});

export const closeConsumer = messageType('CommandCloseConsumer', {
  consumerId: required(1, integer),
  requestId: required(2, integer),
});

export const success = messageType('CommandSuccess', { requestId: required(1, integer) });

export const failure = messageType('CommandError', {
  requestId: required(1, integer),
  error: required(2, integer),
  message: required(3, string),
});

/** Ping, pong: there is nothing in them that is looked at. */
export const empty = messageType('an empty command', {});
