import { partitionOfKey } from '../core/murmur2.ts';
import type { ProducerActorSpec } from './actor.ts';

type Choosing = Pick<ProducerActorSpec, 'routing' | 'lanes' | 'scopes'>;

/** The partition that a message asks for, by bucket and seq; undefined where the broker is not asked for one. */
export function partitionsOf({
  routing,
  lanes,
  scopes,
}: Choosing): (bucket: number, seq: number) => number | undefined {
  switch (routing) {
    case 'key':
    case 'single':
      return () => undefined;
    case 'partition':
      return (bucket) => bucket % scopes;
    case 'partitions-in-turn':
      return (bucket, seq) => (bucket + seq) % scopes;
    default: {
      const { first, untilSeq } = routing;
      const keys = Array.from({ length: lanes.count }, (_, bucket) => Buffer.from(`k${bucket}`));
      const before = keys.map((key) => partitionOfKey(key, first));
      const after = keys.map((key) => partitionOfKey(key, scopes));
      return (bucket, seq) => (seq < untilSeq ? before : after)[bucket];
    }
  }
}
