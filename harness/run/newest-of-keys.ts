import type { NewestOfKeys } from '../fault/read-again-evidence.ts';
import type { LaterCopy } from './later-reader.ts';

/**
 * What a reader found of each key: its newest message, and older ones that this one had replaced.
 *
 * @param newest by key, of what was acknowledged
 */
export function newestOfKeys(
  copies: readonly Pick<LaterCopy, 'lane' | 'seq' | 'sentNs'>[],
  newest: ReadonlyMap<number, number>,
  nowNs: number,
): NewestOfKeys {
  const found = new Set<number>();
  const replaced = new Set<string>();
  let oldestNs = nowNs;
  for (const { lane, seq, sentNs } of copies) {
    const last = newest.get(lane);
    if (last === undefined) continue;
    // What was sent after it, and never acknowledged, may have replaced it.
    if (seq >= last) found.add(lane);
    else {
      replaced.add(`${lane}:${seq}`);
      oldestNs = Math.min(oldestNs, sentNs);
    }
  }
  return {
    keys: newest.size,
    missing: newest.size - found.size,
    replaced: replaced.size,
    oldestReplacedMs: (nowNs - oldestNs) / 1e6,
  };
}
