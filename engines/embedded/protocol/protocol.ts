/**
 * The embedded brokers' protocol, version 1. Big-endian; one TCP connection carries many requests at a
 * time, answered by correlation id and not necessarily in order.
 *
 * ```
 * request   u32 length | u16 api          | u32 correlation |              body
 * response  u32 length | u16 api | 0x8000 | u32 correlation | u16 status | body
 * push      u32 length | u16 api | 0x8000 | u32 0           | u16 0      | body
 * ```
 * `length` counts the bytes after itself. A response whose status is not `ok` has a UTF-8 explanation as
 * its body. The first request must be `hello`; anything that is not a well-formed request closes the
 * connection. Bodies are defined in `log-messages.ts`, `queue-messages.ts` and `broker-messages.ts`, batches
 * of messages in `batch.ts`; a batch crosses the wire, the journal and the wire again without being taken apart.
 */
import type { ByteReader } from './bytes.ts';
import { ByteWriter, ProtocolError } from './bytes.ts';

export const protocolVersion = 1;
/** "ACKB": the first field of `hello`. */
export const protocolMagic = 0x41434b42;
/** Larger frames are refused before they are read. */
export const maxFrameBytes = 8 * 1024 * 1024;

export const Api = {
  hello: 1,
  createTopic: 10,
  deleteTopic: 11,
  initProducer: 12,
  produce: 13,
  fetch: 14,
  endOffsets: 15,
  initTransactions: 16,
  endTransaction: 17,
  addPartitions: 18,
  findOffsets: 19,
  joinGroup: 20,
  rejoinGroup: 21,
  leaveGroup: 22,
  commitOffsets: 23,
  /** Sent by the group's member, for a transaction of the producer beside it. */
  includeOffsets: 24,
  heartbeat: 25,
  createQueue: 30,
  deleteQueue: 31,
  send: 32,
  receive: 33,
  cancelReceive: 34,
  remove: 35,
  changeVisibility: 36,
  depth: 37,
  reject: 38,
  redrive: 39,
  /** Of the queue. */
  createFanOut: 40,
  attachQueue: 41,
  declareExchange: 60,
  deleteExchange: 61,
  declareQueue: 62,
  dropQueue: 63,
  bind: 64,
  unbind: 65,
  publish: 66,
  subscribe: 67,
  grant: 68,
  unsubscribe: 69,
  settle: 70,
  queueDepth: 71,
  /** Of a subscriber that waits: it is answered, and that is all. */
  ping: 72,
  /** Pushes: to a member of a group. */
  groupRevoke: 50,
  groupAssign: 51,
  groupRemoved: 52,
  groupFenced: 53,
  /** Pushes: to a subscriber. */
  deliver: 55,
  cancelled: 56,
} as const;
export type Api = (typeof Api)[keyof typeof Api];

export const responseBit = 0x8000;

export const Status = {
  ok: 0,
  badRequest: 1,
  alreadyExists: 2,
  unknownDestination: 3,
  unknownPartition: 4,
  outOfOrderSequence: 5,
  fencedEpoch: 6,
  /** Stored before, but so long ago that its place is no longer known. */
  duplicate: 7,
  offsetOutOfRange: 8,
  notAMember: 9,
  staleGeneration: 10,
  /** The journal refused the entry; nothing of it is stored. */
  storageFailed: 11,
  receiptExpired: 12,
  gone: 13,
  tooLarge: 14,
  /** Never given out, settled already, or of a subscription that has ended. */
  unknownTag: 15,
  unknownConsumer: 16,
  queueFull: 17,
  /** The queue's consumers exclude this one. */
  inUse: 18,
  /** Too few replicas would have stored it; nothing of it is stored. */
  notEnoughReplicas: 19,
  /** The queue's quota of calls is used up for now; nothing was done. */
  throttled: 20,
  /** Another node of the cluster leads, or none; nothing was done. */
  notLeader: 21,
  /** Stored by the leader, but too few replicas are there to store it, too; it may be committed yet. */
  notEnoughReplicasAfterAppend: 22,
  /** Too many messages of the queue are in hands; nothing was done. */
  overLimit: 23,
} as const;
export type Status = (typeof Status)[keyof typeof Status];

export type Refusal = Exclude<Status, typeof Status.ok>;

export function isRefusal(code: number): code is Refusal {
  return code !== Status.ok && Object.hasOwn(statusName, code);
}

export const statusName: Readonly<Record<Status, string>> = {
  0: 'ok',
  1: 'BAD_REQUEST',
  2: 'ALREADY_EXISTS',
  3: 'UNKNOWN_DESTINATION',
  4: 'UNKNOWN_PARTITION',
  5: 'OUT_OF_ORDER_SEQUENCE',
  6: 'FENCED_EPOCH',
  7: 'DUPLICATE',
  8: 'OFFSET_OUT_OF_RANGE',
  9: 'NOT_A_MEMBER',
  10: 'STALE_GENERATION',
  11: 'STORAGE_FAILED',
  12: 'RECEIPT_EXPIRED',
  13: 'GONE',
  14: 'TOO_LARGE',
  15: 'UNKNOWN_TAG',
  16: 'UNKNOWN_CONSUMER',
  17: 'QUEUE_FULL',
  18: 'IN_USE',
  19: 'NOT_ENOUGH_REPLICAS',
  20: 'THROTTLED',
  21: 'NOT_LEADER',
  22: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  23: 'OVER_LIMIT',
};

export const brokerKinds = ['log', 'queue', 'broker'] as const;
export type BrokerKind = (typeof brokerKinds)[number];

export interface Hello {
  readonly version: number;
  readonly client: string;
}

export interface HelloAnswer {
  readonly kind: BrokerKind;
  readonly pid: number;
  /** The fsync policy in words, as the report shows it. */
  readonly fsync: string;
}

export function writeHello(to: ByteWriter, hello: Hello): ByteWriter {
  return to.u32(protocolMagic).u16(hello.version).text(hello.client);
}

export function readHello(from: ByteReader): Hello {
  if (from.u32() !== protocolMagic)
    throw new ProtocolError('the greeting has a wrong magic number');
  const hello = { version: from.u16(), client: from.text() };
  from.end();
  return hello;
}

export function writeHelloAnswer(answer: HelloAnswer): Buffer {
  return new ByteWriter()
    .u8(brokerKinds.indexOf(answer.kind))
    .u32(answer.pid)
    .text(answer.fsync)
    .finish();
}

export function readHelloAnswer(from: ByteReader): HelloAnswer {
  const kind = brokerKinds[from.u8()];
  if (kind === undefined) throw new ProtocolError('the broker names an unknown kind');
  return { kind, pid: from.u32(), fsync: from.text() };
}
