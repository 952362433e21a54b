import { type Assignor, rangeAssignor, stickyAssignor } from './assignors.ts';
import type { Keeps } from '../rules.ts';
import type { Member } from './member.ts';

export const rebalanceProtocols = ['eager', 'cooperative'] as const;
export type RebalanceProtocol = (typeof rebalanceProtocols)[number];

/** What a rebalance works on. */
export interface Round {
  readonly partitions: number;
  readonly members: readonly Member[];
  /** The one in force. */
  readonly generation: number;
  /** By when a member must have given up what it is asked for now. */
  readonly deadlineMs: number;
  readonly keeps: Keeps;
  /** Makes the next generation durable and puts it in force; undefined where it cannot be stored now. */
  begin(): number | undefined;
}

/**
 * `settled`: nothing is to be done until members come, go or give up what they were asked for.
 * `unstored`: the next generation could not be stored, so that it must be tried again.
 */
export type Step = 'settled' | 'unstored';

/** Called when members came, went or gave something up. */
export type Rebalance = (round: Round) => Step;

/**
 * Everybody gives up everything; when nobody holds anything any more, all is dealt out anew. Simple, and
 * the whole group stands still for as long as its slowest member takes.
 */
const eager: Rebalance = (round) => {
  const { members, generation, deadlineMs } = round;
  for (const member of members) member.ask(member.holds, generation, deadlineMs);
  const isWaited = members.some(({ owesRejoin }) => owesRejoin) && round.keeps('give-up-first');
  if (members.length === 0 || isWaited) return 'settled';
  const next = round.begin();
  if (next === undefined) return 'unstored';
  const shares = assign(rangeAssignor, round);
  for (const member of members) member.give(shares.get(member.id) ?? [], next);
  return 'settled';
};

/**
 * Only what changes hands is given up, and it is dealt out as soon as it is free; everybody keeps working
 * on the rest (KIP-429). Each step that gives somebody something is a generation.
 */
const cooperative: Rebalance = (round) => {
  const { members, generation, deadlineMs } = round;
  const shares = assign(stickyAssignor, round);
  for (const member of members) {
    const share = new Set(shares.get(member.id));
    const moving = member.holds.filter((partition) => !share.has(partition));
    member.ask(moving, generation, deadlineMs);
  }
  const owned = new Set(
    members.flatMap(({ owns, holds }) => (round.keeps('give-up-first') ? [...owns] : holds)),
  );
  const gains = members.map((member) => {
    const free = (shares.get(member.id) ?? []).filter((partition) => !owned.has(partition));
    return { member, free: isNew(member) ? [...member.holds, ...free] : free };
  });
  const told = gains.filter(({ member, free }) => free.length > 0 || isNew(member));
  if (told.length === 0) return 'settled';
  const next = round.begin();
  if (next === undefined) return 'unstored';
  for (const { member, free } of told) member.give(free, next);
  return 'settled';
};

export const rebalances: Readonly<Record<RebalanceProtocol, Rebalance>> = { eager, cooperative };

const isNew = (member: Member): boolean => member.awaitsAssignment && !member.isAway;

function assign(
  assignor: Assignor,
  { partitions, members }: Round,
): ReadonlyMap<number, readonly number[]> {
  return assignor(
    partitions,
    members.map(({ id, holds }) => ({ member: id, holds })),
  );
}
