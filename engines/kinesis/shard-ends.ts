import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { setTimeout as pause } from 'node:timers/promises';
import { AckmarkError } from '../../harness/core/errors.ts';
import { comparePositions } from '../../harness/core/position.ts';
import type { Position, ScopeEnd } from '../engine.ts';
import { after } from './positions.ts';
import { iteratorOf, pageAt } from './shard-source.ts';
import { presentIn } from './shards.ts';
import type { StreamShards } from './stream-shards.ts';

/** `Limit` of GetRecords at its most. */
const pageMost = 10_000;
/** A shard is read five times a second at most (API reference, GetRecords). */
const betweenPagesMs = 200;
/** How long one look may read on. */
const lookMs = 10_000;

interface Reading {
  iterator: string | undefined;
  /** Sequence number and place of the last record; none was there so far where it is undefined. */
  last: { readonly sequenceNumber: string; readonly position: Position } | undefined;
}

/**
 * Where shards end, by reading on from where the last look came to, or from the checkpoint that is further: none of the
 * API's calls tells it of a shard that is open.
 */
export class ShardEnds {
  readonly #client: KinesisClient;
  readonly #lookMs: number;
  readonly #readings = new Map<string, Reading>();

  constructor(client: KinesisClient, patienceMs = lookMs) {
    this.#client = client;
    this.#lookMs = patienceMs;
  }

  /**
   * Looks at one shard follow each other.
   *
   * @returns undefined for a shard that holds nothing
   * @throws AckmarkError where the end was not reached in time: it is not known, and the next look reads on
   */
  async endOf(
    stream: StreamShards,
    shard: number,
    checkpoint: string | undefined,
  ): Promise<ScopeEnd | undefined> {
    const name = `${stream.name}/${shard}`;
    const reading = this.#readings.get(name) ?? { iterator: undefined, last: undefined };
    this.#readings.set(name, reading);
    const positions = stream.positionsOf(shard);
    if (checkpoint !== undefined) {
      const position = positions.positionOf(checkpoint);
      if (!reading.last || comparePositions(position, reading.last.position) > 0) {
        reading.last = { sequenceNumber: checkpoint, position };
        reading.iterator = undefined;
      }
    }
    await this.#readOn(stream, shard, reading);
    const { last } = reading;
    if (last === undefined) return undefined;
    return { scope: stream.firstScope + shard, end: after(last.position) };
  }

  async #readOn(stream: StreamShards, shard: number, reading: Reading): Promise<void> {
    const from = reading.last
      ? ({ type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: reading.last.sequenceNumber } as const)
      : ({ type: 'TRIM_HORIZON' } as const);
    const { id } = stream.shardOf(shard);
    let iterator: string | undefined =
      reading.iterator ?? (await iteratorOf(this.#client, stream.name, id, from));
    // One that cannot be read may have expired, and the next look begins anew.
    reading.iterator = undefined;
    const overMs = performance.now() + this.#lookMs;
    while (iterator !== undefined) {
      const { records, next, isLast } = await pageAt(this.#client, iterator, pageMost);
      const number = records.at(-1)?.SequenceNumber;
      if (records.length > 0) {
        const sequenceNumber = presentIn(number, 'the sequence number of a record');
        const position = stream.positionsOf(shard).positionOf(sequenceNumber);
        reading.last = { sequenceNumber, position };
      }
      iterator = next;
      if (isLast || iterator === undefined) break;
      if (performance.now() > overMs) {
        reading.iterator = iterator;
        throw this.#notReached(stream.name, id);
      }
      await pause(betweenPagesMs);
    }
    reading.iterator = iterator;
  }

  #notReached(stream: string, shard: string): AckmarkError {
    const seconds = this.#lookMs / 1000;
    return new AckmarkError(
      'TARGET_UNAVAILABLE',
      `the end of ${shard} of ${stream} is not known: ${seconds} s of reading did not reach it`,
      { hint: 'Ask again, which reads on from there, or send less.' },
    );
  }
}
