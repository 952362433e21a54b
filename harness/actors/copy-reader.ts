import { CorruptionCode } from '../core/events.ts';
import {
  emptyHeader,
  headerBytes,
  type MessageHeader,
  readHeader,
} from '../core/message-header.ts';
import type { Delivery } from '../../engines/engine.ts';
import { largestOf } from '../../scenarios/spread.ts';
import type { ConsumerActorSpec } from './actor.ts';
import { bodyTemplate } from './body.ts';
import { Users } from './draws/users.ts';
import { messageSizes, type SizeOf } from './draws/message-sizes.ts';
import { type Routes, routesOf } from './outgoing-batch.ts';

/**
 * What a delivered copy is. `damaged`: the header names a message of this cell, yet length, body or key differ.
 * `unknown`: nothing in it can be believed, or it belongs to another run; `detail` is a CorruptionCode.
 */
export type CopyVerdict = 'intact' | 'damaged' | 'unknown';

/** What the messages of each lane carry, repeating by their number; empty: not looked at. */
export type Carried = Pick<Routes, 'key' | 'headers'>;

/** Reads and verifies copies; `header` and `detail` describe the last one and are reused. */
export class CopyReader {
  readonly header: MessageHeader = emptyHeader();
  detail = 0;
  readonly #run: number;
  readonly #template: Buffer;
  readonly #keys: readonly (Buffer | undefined)[];
  readonly #headers: readonly Delivery['headers'][];
  readonly #sizeOf: SizeOf;
  readonly #users: Users | undefined;

  /**
   * @param template as long as the largest body
   * @param sizeOf of each message with its header
   * @param users whose names are the keys
   */
  constructor(
    run: number,
    template: Buffer,
    { key, headers }: Carried,
    sizeOf: SizeOf,
    users?: Users,
  ) {
    this.#run = run;
    this.#template = template;
    this.#keys = key;
    this.#headers = headers;
    this.#sizeOf = sizeOf;
    this.#users = users;
  }

  read(body: Buffer, key: Buffer | undefined, attributes?: Delivery['headers']): CopyVerdict {
    const { header } = this;
    const verdict = readHeader(body, header);
    if (verdict !== 'intact') {
      this.detail =
        verdict === 'checksum'
          ? CorruptionCode.checksum
          : verdict === 'too-short'
            ? CorruptionCode.length
            : CorruptionCode.header;
      return 'unknown';
    }
    if (header.run !== this.#run) {
      this.detail = CorruptionCode.foreignRun;
      return 'unknown';
    }
    const length = this.#sizeOf(header.lane, header.seq) - headerBytes;
    if (header.bodyBytes !== length || body.length !== headerBytes + length) {
      this.detail = CorruptionCode.length;
      return 'damaged';
    }
    if (body.compare(this.#template, 0, length, headerBytes) !== 0) {
      this.detail = CorruptionCode.body;
      return 'damaged';
    }
    if (!this.#hasKey(header, key)) {
      this.detail = CorruptionCode.key;
      return 'damaged';
    }
    if (!this.#hasHeaders(header.lane, attributes)) {
      this.detail = CorruptionCode.attributes;
      return 'damaged';
    }
    this.detail = 0;
    return 'intact';
  }

  /** A broker may add some of its own. */
  #hasHeaders(lane: number, attributes: Delivery['headers']): boolean {
    const sent = this.#headers[lane % this.#headers.length];
    if (sent === undefined) return true;
    return Object.entries(sent).every(([name, value]) => attributes?.[name] === value);
  }

  #hasKey({ lane, seq }: MessageHeader, key: Buffer | undefined): boolean {
    const sent = this.#users?.keyOf(lane, seq) ?? this.#keys[lane % this.#keys.length];
    return sent === undefined || (key !== undefined && sent.equals(key));
  }
}

/** For the messages that a producer of the same cell sends. */
export function readerFor({
  run,
  payloadBytes,
  keys,
  addresses,
  loadSeed,
  namedBy,
}: Pick<
  ConsumerActorSpec,
  'run' | 'payloadBytes' | 'keys' | 'addresses' | 'loadSeed' | 'namedBy'
>): CopyReader {
  const template = bodyTemplate(run, largestOf(payloadBytes));
  const carried = routesOf('key', keys, false, addresses);
  const users = namedBy && new Users(namedBy);
  return new CopyReader(run, template, carried, messageSizes(payloadBytes, loadSeed), users);
}

/** Than it came, which cannot be; nor is NaN a time, hence not `>`. */
export function isRequestedLater({ requestedNs }: Delivery, nowNs: number): boolean {
  return requestedNs !== undefined && !(requestedNs <= nowNs);
}
