import { kinesisClient } from '../../../engines/kinesis/client.ts';
import { profiles } from '../../../engines/kinesis/profiles.ts';
import { iteratorOf, pageAt } from '../../../engines/kinesis/shard-source.ts';
import type { Target } from '../../../engines/engine.ts';

/** The bodies of everything in the first shard of a stream, by a client of its own. */
export async function storedIn(target: Target, stream: string): Promise<readonly string[]> {
  const client = kinesisClient(target, profiles.shards.options);
  try {
    const bodies: string[] = [];
    const from = { type: 'TRIM_HORIZON' } as const;
    let iterator: string | undefined = await iteratorOf(
      client,
      stream,
      'shardId-000000000000',
      from,
    );
    while (iterator !== undefined) {
      const { records, next, isLast } = await pageAt(client, iterator, 10_000);
      bodies.push(...records.map(({ Data = new Uint8Array() }) => Buffer.from(Data).toString()));
      iterator = isLast ? undefined : next;
    }
    return bodies;
  } finally {
    client.destroy();
  }
}
