const base = 0x1_0000_0000;

/**
 * Two numbers as one key of a map: a lane and a sequence number, a group and a scope. `low` is below 2 ** 32
 * and `high` below 2 ** 21, so that no two pairs share a key and none is rounded.
 */
export function pairKey(high: number, low: number): number {
  return high * base + low;
}

export function highOf(key: number): number {
  return Math.floor(key / base);
}

export function lowOf(key: number): number {
  return key % base;
}
