import { AckmarkError } from '../../harness/core/errors.ts';
import type { Position } from '../engine.ts';

/**
 * Where a shard's sequence numbers stand, without losing a digit. They have 56 digits, 186 bits, of which a position
 * takes 85: from the shard's first one (`StartingSequenceNumber`) on they differ by less, and the shard's own number,
 * which is their last 36 bits, is the same in all of them. A number that does not fit is refused, never rounded.
 *
 * What is less than 2^124 is a counter of some target's own, and is its position as it is.
 */
export class ShardPositions {
  readonly #first: bigint;
  readonly #form: Form;

  /** @param startingSequenceNumber as the shard's description has it */
  constructor(startingSequenceNumber: string) {
    this.#first = BigInt(startingSequenceNumber);
    this.#form = this.#first < 1n << 124n ? counted : composed;
  }

  /** Order-preserving. @throws AckmarkError where the number is not one of this shard's */
  positionOf(sequenceNumber: string): Position {
    const position = this.#form.positionOf(BigInt(sequenceNumber) - this.#first);
    if (position !== undefined) return position;
    throw new AckmarkError(
      'TARGET_UNAVAILABLE',
      `sequence number ${sequenceNumber} has no place in a shard that begins at ${this.#first}`,
      { hint: 'The target numbers its records in another way than is known of Kinesis.' },
    );
  }

  sequenceNumberOf(position: Position): string {
    return String(this.#first + this.#form.distanceOf(position));
  }
}

/** How far a number is from its shard's first one, and the position that says so. */
interface Form {
  /** @returns undefined where it does not fit */
  positionOf(distance: bigint): Position | undefined;
  distanceOf(position: Position): bigint;
}

const minorBits = 32n;
const shardBits = 36n;
const majorMost = BigInt(Number.MAX_SAFE_INTEGER);

/** The halves part where a record's number is in the upper one, so that no two records share it. */
const composed: Form = {
  positionOf: (distance) => {
    const place = distance >> shardBits;
    const major = place >> minorBits;
    if (distance < 0n || place << shardBits !== distance || major > majorMost) return undefined;
    return { major: Number(major), minor: Number(place - (major << minorBits)) };
  },
  distanceOf: ({ major, minor }) => ((BigInt(major) << minorBits) + BigInt(minor)) << shardBits,
};

const counted: Form = {
  positionOf: (distance) =>
    distance < 0n || distance > majorMost ? undefined : { major: Number(distance), minor: 0 },
  distanceOf: ({ major }) => BigInt(major),
};

/** The position after `last`, as the end of a scope is told. */
export const after = ({ major, minor }: Position): Position =>
  minor < 2 ** 32 - 1 ? { major, minor: minor + 1 } : { major: major + 1, minor: 0 };
