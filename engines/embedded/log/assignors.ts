/** A member as an assignor sees it. */
export interface Claim {
  readonly member: number;
  /** What it has and may keep, in the order in which it would rather keep it. */
  readonly holds: readonly number[];
}

/** Partitions by member; each of `0 .. partitions - 1` belongs to exactly one, and sizes differ by one at most. */
export type Assignor = (
  partitions: number,
  claims: readonly Claim[],
) => ReadonlyMap<number, readonly number[]>;

/** Contiguous ranges in the order of the members, whoever had what before (Kafka’s RangeAssignor). */
export const rangeAssignor: Assignor = (partitions, claims) => {
  const members = claims.map(({ member }) => member).sort((a, b) => a - b);
  return new Map(
    members.map((member, rank) => {
      const from = Math.floor((partitions * rank) / members.length);
      const to = Math.floor((partitions * (rank + 1)) / members.length);
      return [member, Array.from({ length: to - from }, (_, index) => from + index)];
    }),
  );
};

/**
 * Everybody keeps what it has, up to its share; only the rest changes hands (KIP-54, KIP-429). The larger
 * shares go to those who have most, so that no assignment of the same balance moves fewer partitions.
 */
export const stickyAssignor: Assignor = (partitions, claims) => {
  const share = Math.floor(partitions / Math.max(1, claims.length));
  const larger = partitions - share * claims.length;
  const byHoldings = [...claims].sort(
    (a, b) => b.holds.length - a.holds.length || a.member - b.member,
  );
  const quotas = new Map(
    byHoldings.map(({ member }, rank) => [member, share + (rank < larger ? 1 : 0)]),
  );
  const kept = new Map(
    claims.map(({ member, holds }) => [member, holds.slice(0, quotas.get(member) ?? 0)]),
  );
  const taken = new Set([...kept.values()].flat());
  let next = 0;
  for (const { member } of [...claims].sort((a, b) => a.member - b.member)) {
    const own = kept.get(member) ?? [];
    while (own.length < (quotas.get(member) ?? 0)) {
      while (taken.has(next)) next += 1;
      own.push(next);
      next += 1;
    }
  }
  return kept;
};
