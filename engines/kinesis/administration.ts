import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  type KinesisClient,
  ListShardsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-kinesis';
import { setTimeout as pause } from 'node:timers/promises';
import { invariant } from '../../harness/core/errors.ts';
import { cannotUse } from '../aws/access.ts';
import type { Administration, Backlog, Deployed, Target, Topology } from '../engine.ts';
import { subscribed } from '../subscribed.ts';
import { refuseUndeclared } from '../topology-needs.ts';
import { kinesisClient } from './client.ts';
import { LeaseTable } from './lease-table.ts';
import type { KinesisOptions } from './options.ts';
import { ShardEnds } from './shard-ends.ts';
import { inHashOrder, presentIn, settingsOf, type Shard } from './shards.ts';
import { StreamShards } from './stream-shards.ts';
import { traits } from './traits.ts';

/** Real streams take some ten seconds until they can be used; what stands for Kinesis here, a moment. */
const activeMs = 60_000;
const pollMs = 50;

export async function administer(target: Target, options: KinesisOptions): Promise<Administration> {
  return new KinesisAdministration(target, options);
}

class KinesisAdministration implements Administration {
  readonly #target: Target;
  readonly #options: KinesisOptions;
  readonly #client: KinesisClient;
  readonly #ends: ShardEnds;
  #leases: Promise<LeaseTable> | undefined;

  constructor(target: Target, options: KinesisOptions) {
    this.#target = target;
    this.#options = options;
    this.#client = kinesisClient(target, options);
    this.#ends = new ShardEnds(this.#client);
  }

  async apply(topology: Topology): Promise<Deployed> {
    refuseUndeclared(topology, traits(this.#options).capabilities);
    this.#leases ??= LeaseTable.open();
    const leases = (await this.#leases).address;
    const made: string[] = [];
    const shards: (readonly Shard[])[] = [];
    try {
      for (const { name, scopes } of topology.destinations) {
        await this.#client.send(new CreateStreamCommand({ StreamName: name, ShardCount: scopes }));
        made.push(name);
      }
      for (const { name } of topology.destinations) shards.push(await this.#whenActive(name));
    } catch (cause) {
      // Nobody else knows of what was created by then; why not all of it was is what the caller must hear.
      await this.#delete(made).catch(() => undefined);
      throw cannotUse(this.#target, 'create the streams', cause);
    }
    const destinations = topology.destinations.map((spec, destination) => ({
      ...spec,
      scopes: shards[destination]?.length ?? spec.scopes,
    }));
    return {
      topology: { ...topology, destinations },
      effective: this.#effective(),
      settings: settingsOf({ shards, leases }),
    };
  }

  /** Kinesis does not tell where a shard ends: it is read, from the checkpoint on. */
  async backlog(deployed: Deployed, subscription: number): Promise<Backlog> {
    const spec = subscribed(deployed.topology, subscription).subscription;
    const stream = StreamShards.allOf(deployed)[spec.destination];
    invariant(stream !== undefined, `no destination ${spec.destination}`);
    const leases = await this.#leases;
    try {
      const looks = stream.shards.map((_, shard) =>
        this.#ends.endOf(stream, shard, leases?.checkpointOf(spec.name, shard)),
      );
      // No look is under way any more when this one has failed.
      await Promise.allSettled(looks);
      const ends = await Promise.all(looks);
      return { by: 'end-position', ends: ends.flatMap((end) => (end === undefined ? [] : [end])) };
    } catch (cause) {
      throw cannotUse(this.#target, 'tell the backlog', cause);
    }
  }

  async remove({ topology }: Deployed): Promise<void> {
    const leases = await this.#leases;
    for (const { name } of topology.subscriptions) leases?.forget(name);
    try {
      await this.#delete(topology.destinations.map(({ name }) => name));
    } catch (cause) {
      throw cannotUse(this.#target, 'remove the streams', cause);
    }
  }

  async close(): Promise<void> {
    this.#client.destroy();
    await (await this.#leases)?.close();
  }

  async #whenActive(StreamName: string): Promise<readonly Shard[]> {
    const endMs = performance.now() + activeMs;
    for (;;) {
      const { StreamDescriptionSummary } = await this.#client.send(
        new DescribeStreamSummaryCommand({ StreamName }),
      );
      const { StreamStatus } = presentIn(StreamDescriptionSummary, 'the summary of a stream');
      if (StreamStatus === 'ACTIVE') break;
      if (performance.now() > endMs) throw new Error(`${StreamName} is still ${StreamStatus}`);
      await pause(pollMs);
    }
    return this.#shardsOf(StreamName);
  }

  /** In the order of their hash keys. */
  async #shardsOf(StreamName: string): Promise<readonly Shard[]> {
    const shards: Shard[] = [];
    let next: string | undefined;
    do {
      const asked = next === undefined ? { StreamName } : { NextToken: next };
      const { Shards = [], NextToken } = await this.#client.send(new ListShardsCommand(asked));
      for (const { ShardId, HashKeyRange, SequenceNumberRange } of Shards) {
        const numbers = SequenceNumberRange?.StartingSequenceNumber;
        shards.push({
          id: presentIn(ShardId, 'the id of a shard'),
          firstHashKey: presentIn(HashKeyRange?.StartingHashKey, 'the first hash key of a shard'),
          firstSequenceNumber: presentIn(numbers, 'the first sequence number of a shard'),
        });
      }
      next = NextToken;
    } while (next !== undefined);
    return inHashOrder(shards);
  }

  /** One that a target has forgotten in a crash is gone already. */
  async #delete(names: readonly string[]): Promise<void> {
    for (const StreamName of names) {
      const wish = new DeleteStreamCommand({ StreamName, EnforceConsumerDeletion: true });
      await this.#client.send(wish).catch((error: unknown) => {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      });
    }
  }

  #effective(): readonly string[] {
    const { call, pollMs: readEveryMs, readMost, failoverMs, attempts } = this.#options;
    return [
      `target: ${this.#target.title}`,
      `producer: ${call}; consumer: GetRecords of up to ${readMost}, a shard every ${readEveryMs} ms`,
      `leases and checkpoints: in this process, where the client library of AWS has DynamoDB; failover after ${failoverMs} ms`,
      `client: AWS SDK v3, ${attempts === 1 ? 'one attempt' : `${attempts} attempts`} a call`,
    ];
  }
}
