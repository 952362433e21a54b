/**
 * What the routing broker writes into the journal. Where a message goes is decided once, when it comes or
 * dies, and written down: recovery routes nothing again, so a binding that came later changes nothing that
 * was before it. Who consumes is not in it; how often a copy was handed out is, so that one that comes again
 * says so.
 */
import type { EntrySlice, Need } from '../journal/commit-log.ts';
import { readSlice, writeSlice } from '../journal/slice-bytes.ts';
import {
  readBindingSpec,
  readExchangeSpec,
  readQueueSpec,
  writeBindingSpec,
  writeExchangeSpec,
  writeQueueSpec,
} from '../protocol/broker-specs.ts';
import { ByteReader, ByteWriter, ProtocolError } from '../protocol/bytes.ts';
import { type Death, type DeathReason, deathReasons } from './copy.ts';
import type { ExchangeSpec } from './exchange.ts';
import type { BindingSpec } from './exchanges/exchange-type.ts';
import type { QueueSpec } from './queue-spec.ts';

export type BrokerEntry = TopologyEntry | PublishedEntry | CopiesEntry | DiedEntry | KeptEntry;

export type TopologyEntry =
  | { readonly kind: 'exchange-declared'; readonly exchange: number; readonly spec: ExchangeSpec }
  | { readonly kind: 'exchange-deleted'; readonly exchange: number }
  | { readonly kind: 'queue-declared'; readonly queue: number; readonly spec: QueueSpec }
  | { readonly kind: 'queue-deleted'; readonly queue: number }
  | {
      readonly kind: 'bound' | 'unbound';
      readonly exchange: number;
      readonly queue: number;
      readonly spec: BindingSpec;
    };

export interface PublishedEntry {
  readonly kind: 'published';
  /** Copies are numbered from here, message after message, queue after queue. */
  readonly baseCopy: number;
  readonly priority: number;
  /** For each message of the batch, the queues it goes to. */
  readonly routes: readonly (readonly number[])[];
}

export interface CopiesEntry {
  readonly kind: 'delivered' | 'removed';
  readonly queue: number;
  readonly copies: readonly number[];
}

/** Out of one queue and into others, in one step: a crash neither loses nor doubles what dies. */
export interface DiedEntry {
  readonly kind: 'died';
  readonly queue: number;
  readonly reason: DeathReason;
  readonly baseCopy: number;
  readonly moves: readonly { readonly copy: number; readonly to: readonly number[] }[];
}

/** In a checkpoint: what is left of a batch in a queue, and which numbers come next. */
export type KeptEntry =
  | {
      readonly kind: 'copies-kept';
      readonly queue: number;
      readonly batch: EntrySlice;
      readonly priority: number;
      readonly copies: readonly KeptCopy[];
    }
  | {
      readonly kind: 'numbers-kept';
      readonly nextExchange: number;
      readonly nextQueue: number;
      readonly nextCopy: number;
    };

export interface KeptCopy {
  readonly id: number;
  readonly slot: number;
  readonly deliveries: number;
  readonly deaths: readonly Death[];
}

const kinds = [
  'exchange-declared',
  'exchange-deleted',
  'queue-declared',
  'queue-deleted',
  'bound',
  'unbound',
  'published',
  'delivered',
  'removed',
  'died',
  'copies-kept',
  'numbers-kept',
] as const satisfies readonly BrokerEntry['kind'][];

/** A `published` entry is followed by its batch. */
export function encodeBrokerEntry(entry: BrokerEntry): Buffer {
  const to = new ByteWriter(64).u8(kinds.indexOf(entry.kind));
  switch (entry.kind) {
    case 'exchange-declared':
      return writeExchangeSpec(to.u32(entry.exchange), entry.spec).finish();
    case 'exchange-deleted':
      return to.u32(entry.exchange).finish();
    case 'queue-declared':
      return writeQueueSpec(to.u32(entry.queue), entry.spec).finish();
    case 'queue-deleted':
      return to.u32(entry.queue).finish();
    case 'bound':
    case 'unbound':
      return writeBindingSpec(to.u32(entry.exchange).u32(entry.queue), entry.spec).finish();
    case 'published':
      to.u64(entry.baseCopy).u8(entry.priority).u32(entry.routes.length);
      for (const queues of entry.routes) writeQueues(to, queues);
      return to.finish();
    case 'delivered':
    case 'removed':
      to.u32(entry.queue).u32(entry.copies.length);
      for (const copy of entry.copies) to.u64(copy);
      return to.finish();
    case 'died':
      to.u32(entry.queue).u8(deathReasons.indexOf(entry.reason)).u64(entry.baseCopy);
      to.u32(entry.moves.length);
      for (const { copy, to: queues } of entry.moves) writeQueues(to.u64(copy), queues);
      return to.finish();
    case 'copies-kept':
      writeSlice(to.u32(entry.queue), entry.batch).u8(entry.priority).u32(entry.copies.length);
      for (const copy of entry.copies) writeCopy(to, copy);
      return to.finish();
    case 'numbers-kept':
      return to.u32(entry.nextExchange).u32(entry.nextQueue).u64(entry.nextCopy).finish();
  }
}

/** @throws ProtocolError when the journal was written by another version */
export function decodeBrokerEntry(payload: Buffer): BrokerEntry {
  const from = new ByteReader(payload);
  const kind = kinds[from.u8()];
  switch (kind) {
    case 'exchange-declared':
      return { kind, exchange: from.u32(), spec: readExchangeSpec(from) };
    case 'exchange-deleted':
      return { kind, exchange: from.u32() };
    case 'queue-declared':
      return { kind, queue: from.u32(), spec: readQueueSpec(from) };
    case 'queue-deleted':
      return { kind, queue: from.u32() };
    case 'bound':
    case 'unbound':
      return { kind, exchange: from.u32(), queue: from.u32(), spec: readBindingSpec(from) };
    case 'published':
      return {
        kind,
        baseCopy: from.u64(),
        priority: from.u8(),
        routes: readList(from, readQueues),
      };
    case 'delivered':
    case 'removed':
      return { kind, queue: from.u32(), copies: readList(from, () => from.u64()) };
    case 'died': {
      const queue = from.u32();
      const reason = readReason(from);
      const baseCopy = from.u64();
      const moves = readList(from, () => ({ copy: from.u64(), to: readQueues(from) }));
      return { kind, queue, reason, baseCopy, moves };
    }
    case 'copies-kept': {
      const queue = from.u32();
      const batch = readSlice(from);
      return { kind, queue, batch, priority: from.u8(), copies: readList(from, readCopy) };
    }
    case 'numbers-kept':
      return { kind, nextExchange: from.u32(), nextQueue: from.u32(), nextCopy: from.u64() };
    default:
      throw new ProtocolError('the journal holds an entry of unknown kind');
  }
}

/** Where the batch of a `published` entry begins. */
export function publishedHeadBytes({ routes }: PublishedEntry): number {
  let bytes = 1 + 8 + 1 + 4;
  for (const queues of routes) bytes += 2 + 4 * queues.length;
  return bytes;
}

function writeCopy(to: ByteWriter, { id, slot, deliveries, deaths }: KeptCopy): void {
  to.u64(id).u32(slot).u32(deliveries).u16(deaths.length);
  for (const death of deaths) {
    to.u32(death.queue).u8(deathReasons.indexOf(death.reason)).u32(death.deliveries);
  }
}

function readCopy(from: ByteReader): KeptCopy {
  const copy = { id: from.u64(), slot: from.u32(), deliveries: from.u32() };
  const deaths: Death[] = [];
  for (let left = from.u16(); left > 0; left -= 1) {
    deaths.push({ queue: from.u32(), reason: readReason(from), deliveries: from.u32() });
  }
  return { ...copy, deaths };
}

function readReason(from: ByteReader): DeathReason {
  const reason = deathReasons[from.u8()];
  if (reason === undefined) throw new ProtocolError('the journal holds an unknown cause of death');
  return reason;
}

function writeQueues(to: ByteWriter, queues: readonly number[]): void {
  to.u16(queues.length);
  for (const queue of queues) to.u32(queue);
}

function readQueues(from: ByteReader): number[] {
  const queues: number[] = [];
  for (let left = from.u16(); left > 0; left -= 1) queues.push(from.u32());
  return queues;
}

function readList<T>(from: ByteReader, read: (from: ByteReader) => T): T[] {
  const list: T[] = [];
  for (let left = from.u32(); left > 0; left -= 1) list.push(read(from));
  return list;
}

/** Messages may go with the power; where they belong must not. */
export function needOf({ kind }: BrokerEntry): Need {
  return kind === 'exchange-declared' || kind === 'queue-declared' || kind === 'bound'
    ? 'durable'
    : 'committed';
}
