/**
 * The hash of Kafka's Java producer (org.apache.kafka.common.utils.Utils.murmur2), so that a key lands in
 * the same partition as with any other Kafka client. The client library has one on BigInt, which costs
 * more than the rest of a send.
 */
export function murmur2(data: Uint8Array): number {
  const length = data.length;
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let k =
      byte(data, at) |
      (byte(data, at + 1) << 8) |
      (byte(data, at + 2) << 16) |
      (byte(data, at + 3) << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    h = Math.imul(h, m) ^ Math.imul(k, m);
  }
  const rest = length - at;
  if (rest >= 3) h ^= byte(data, at + 2) << 16;
  if (rest >= 2) h ^= byte(data, at + 1) << 8;
  if (rest >= 1) h = Math.imul(h ^ byte(data, at), m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  return h ^ (h >>> 15);
}

/** The Java producer's partition for a key. */
export function partitionOfKey(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fff_ffff) % partitions;
}

function byte(data: Uint8Array, at: number): number {
  return data[at] ?? 0;
}
