import { AckmarkError, invariant } from '../../harness/core/errors.ts';
import type { Deployed, Topology } from '../engine.ts';

/** A shard as it was created; in the order of their hash keys they are the partitions of a destination. */
export interface Shard {
  readonly id: string;
  /** `StartingHashKey`: what is sent with it goes to this shard. */
  readonly firstHashKey: string;
  /** `StartingSequenceNumber` */
  readonly firstSequenceNumber: string;
}

export interface Made {
  /** By destination. */
  readonly shards: readonly (readonly Shard[])[];
  /** `host:port` of the table of leases. */
  readonly leases: string;
}

export const settingsOf = ({ shards, leases }: Made): Deployed['settings'] => ({
  leases,
  ...Object.fromEntries(
    shards.map((of, destination) => [`shards.${destination}`, JSON.stringify(of)]),
  ),
});

export function madeOf({ topology, settings }: Deployed): Made {
  const setting = (name: string): string => {
    const value = settings[name];
    invariant(value !== undefined, 'this deployment was not made by kinesis');
    return value;
  };
  return {
    shards: topology.destinations.map(
      (_, destination) => JSON.parse(setting(`shards.${destination}`)) as readonly Shard[],
    ),
    leases: setting('leases'),
  };
}

/** Scopes are numbered through the deployment: the shards of destination 0, then those of destination 1. */
export function firstScopeOf({ destinations }: Topology, destination: number): number {
  return destinations.slice(0, destination).reduce((sum, { scopes }) => sum + scopes, 0);
}

/** By the numbers of their hash keys, which have up to 39 digits. */
export function inHashOrder(shards: readonly Shard[]): readonly Shard[] {
  return shards.toSorted((a, b) => {
    const distance = BigInt(a.firstHashKey) - BigInt(b.firstHashKey);
    return distance < 0n ? -1 : distance > 0n ? 1 : 0;
  });
}

/** A field that the API reference says is there; a target that leaves it out cannot be used. */
export function presentIn<T>(value: T | undefined, what: string): T {
  if (value !== undefined) return value;
  throw new AckmarkError('TARGET_UNAVAILABLE', `the target answered without ${what}`, {
    hint: 'Use a program that stands for Kinesis as its API reference has it.',
  });
}
