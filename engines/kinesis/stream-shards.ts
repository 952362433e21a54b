import { createHash } from 'node:crypto';
import { AckmarkError, invariant } from '../../harness/core/errors.ts';
import type { Deployed, Place } from '../engine.ts';
import { partitionKeyOf } from './partition-keys.ts';
import { ShardPositions } from './positions.ts';
import { firstScopeOf, madeOf, type Shard } from './shards.ts';

/** A stream with its shards, and the places of its records. */
export class StreamShards {
  readonly name: string;
  readonly shards: readonly Shard[];
  readonly firstScope: number;
  readonly #positions: readonly ShardPositions[];
  readonly #firstHashKeys: readonly bigint[];
  readonly #indexes: ReadonlyMap<string, number>;

  private constructor(name: string, shards: readonly Shard[], firstScope: number) {
    this.name = name;
    this.shards = shards;
    this.firstScope = firstScope;
    this.#positions = shards.map(
      ({ firstSequenceNumber }) => new ShardPositions(firstSequenceNumber),
    );
    this.#firstHashKeys = shards.map(({ firstHashKey }) => BigInt(firstHashKey));
    this.#indexes = new Map(shards.map(({ id }, index) => [id, index]));
  }

  /** By destination. */
  static allOf(deployed: Deployed): readonly StreamShards[] {
    const { shards } = madeOf(deployed);
    return deployed.topology.destinations.map(
      ({ name }, destination) =>
        new StreamShards(
          name,
          shards[destination] ?? [],
          firstScopeOf(deployed.topology, destination),
        ),
    );
  }

  /** @throws AckmarkError where the shard is none that was there when the stream was made */
  placeOf(shardId: string, sequenceNumber: string): Place {
    const index = this.#indexes.get(shardId);
    if (index === undefined) {
      throw new AckmarkError('TARGET_UNAVAILABLE', `${this.name} has got a shard ${shardId}`, {
        hint: 'Leave its shards alone as long as it is read.',
      });
    }
    const position = this.positionsOf(index).positionOf(sequenceNumber);
    return { scope: this.firstScope + index, position };
  }

  /** Where a record of the key will go: the MD5 of its partition key lies in the shard's range. */
  shardOfKey(key: Buffer | undefined, own: string): number {
    const hash = createHash('md5')
      .update(partitionKeyOf(key, own) ?? '')
      .digest('hex');
    const number = BigInt(`0x${hash}`);
    return this.#firstHashKeys.findLastIndex((first) => first <= number);
  }

  positionsOf(shard: number): ShardPositions {
    const positions = this.#positions[shard];
    invariant(positions !== undefined, `${this.name} has no shard ${shard}`);
    return positions;
  }

  shardOf(index: number): Shard {
    const shard = this.shards[index];
    invariant(shard !== undefined, `${this.name} has no shard ${index}`);
    return shard;
  }
}
