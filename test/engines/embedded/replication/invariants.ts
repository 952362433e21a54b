import type { Cluster } from './cluster.ts';

/** What must hold of a cluster at every instant, with everything that was true before. */
export class Invariants {
  readonly #cluster: Cluster;
  /** Committed once, by index: the entry and the epoch under which it was. */
  readonly committed: { readonly entry: string; readonly epoch: number }[] = [];
  readonly #leaderOf = new Map<number, string>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** @returns what is broken; undefined while nothing is */
  broken(): string | undefined {
    for (const [index, { life, incarnation }] of this.#cluster.nodes.entries()) {
      const leader = life?.replica.leader;
      if (life === undefined || leader === undefined) continue;
      const name = `node ${index} in its life ${incarnation}`;
      const { epoch, highWatermark } = leader;
      const other = this.#leaderOf.get(epoch) ?? name;
      if (other !== name) return `${name} leads epoch ${epoch}, and so did ${other}`;
      this.#leaderOf.set(epoch, name);
      const entries = life.log.entriesFrom(0, Number.POSITIVE_INFINITY);
      for (const [at, known] of this.committed.entries()) {
        const isBound = at < highWatermark || known.epoch < epoch;
        if (isBound && entries[at]?.toString('hex') !== known.entry) {
          return `entry ${at}, committed in epoch ${known.epoch}, is not at ${name}, leader of ${epoch}`;
        }
      }
      for (let at = this.committed.length; at < highWatermark; at += 1) {
        this.committed.push({ entry: entries[at]?.toString('hex') ?? '', epoch });
      }
    }
    return undefined;
  }

  /** Logs that hold an entry of one epoch at one index are the same up to there. */
  parted(): string | undefined {
    const logs = this.#cluster.nodes.map(({ life }) =>
      (life?.log.entriesFrom(0, Number.POSITIVE_INFINITY) ?? []).map((one) => one.toString('hex')),
    );
    for (const [a, one] of logs.entries()) {
      for (const [b, other] of logs.slice(0, a).entries()) {
        const agree = one.findLastIndex((entry, at) => {
          return other[at]?.slice(0, 8) === entry.slice(0, 8);
        });
        const parts = one.slice(0, agree + 1).findIndex((entry, at) => entry !== other[at]);
        if (parts !== -1) return `nodes ${b} and ${a} agree at ${agree} and not at ${parts}`;
      }
    }
    return undefined;
  }
}
