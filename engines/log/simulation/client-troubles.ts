import type { Dice } from '../../embedded/simulation/dice.ts';
import type { SimulatedBroker } from '../../embedded/simulation/serving.ts';
import type { Troubles } from '../../embedded/simulation/troubles.ts';
import type { SimulatedWorld } from '../../simulation.ts';
import type { MemberPlan } from './member-plan.ts';
import type { SimulatedMember } from './member.ts';
import type { SimulatedProducer } from './producer.ts';

/** A member that stands still so long is removed from its group. */
const overtakenMs = 200;
/** After which the work in hand is done, and only the committing is left. */
export const workMostMs = 8;

export interface ClientsInPlay {
  readonly world: SimulatedWorld;
  readonly broker: SimulatedBroker;
  readonly troubles: Troubles;
  readonly groups: number;
  readonly members: readonly SimulatedMember[];
  readonly producers: readonly SimulatedProducer[];
  /** A member of the group, with the static identity of one that it succeeds, or a new one. */
  readonly join: (group: number, dice: Dice, instance?: string) => void;
}

/** When nobody remembers how the play began. */
const latestMs = 300;

/** A producer comes late, so that the broker may have been restarted before. @returns whether it will */
export function planLatecomer({ world, troubles }: ClientsInPlay, come: () => void): boolean {
  return troubles.perhaps(0.5, 'none', 'another producer comes later', (dice) => {
    world.agenda.after(dice.between(0, latestMs) * 1e6, () => {
      world.mark('a producer came late');
      come();
    });
  });
}

/** Consumers and producers die, and consumers come. @param comers how many come by themselves */
export function planDeaths(of: ClientsInPlay, comers: number): void {
  const { world, broker, troubles, groups } = of;
  troubles.perhaps(0.4, 'client-crash', 'a consumer dies and others come', (dice) => {
    const victim = dice.anyOf(of.members);
    if (victim?.crash() === true) {
      troubles.faults.add('client-crash');
      world.mark('a consumer died');
      if (!broker.isUp) world.mark('a rebalance while the broker was down');
    }
    // Every group keeps a member.
    for (let group = 0; group < groups; group += 1) {
      of.join(group, dice, victim?.plan.group === group ? victim.plan.instance : undefined);
    }
  });
  for (let left = comers; left > 0; left -= 1) {
    troubles.perhaps(1, 'none', 'a member joins', (dice) =>
      of.join(dice.between(0, groups - 1), dice),
    );
  }
  troubles.perhaps(0.2, 'client-crash', 'a producer dies', () => {
    if (of.producers[0]?.crash() !== true) return;
    troubles.faults.add('client-crash');
    world.mark('a producer died');
  });
}

/** Consumers stand still for a while, and others may come. */
export function planStalls(
  of: ClientsInPlay,
  stalls: number,
  settles: MemberPlan['settles'],
): void {
  const { world, troubles } = of;
  for (let left = stalls; left > 0; left -= 1) {
    troubles.perhaps(1, 'client-stall', 'a consumer stands still', (dice) => {
      const victim = dice.anyOf(of.members);
      const isStill = victim?.stall(dice.between(20, 300) * 1e6) === true;
      if (isStill) world.mark('a consumer stood still');
    });
  }
  troubles.perhaps(
    0.3,
    'client-crash',
    'a consumer stands still, and another comes in its place',
    (dice) => {
      const member = dice.anyOf(of.members.filter(({ plan }) => plan.instance !== undefined));
      if (member === undefined) return;
      troubles.faults.add('client-crash');
      member.stall(overtakenMs * 1e6);
      of.join(member.plan.group, dice, member.plan.instance);
    },
  );
  if (settles === 'before-processing') return;
  troubles.perhaps(
    0.3,
    'client-stall',
    'a consumer stands still with work, and another comes',
    (dice) => {
      const member = dice.anyOf(of.members.filter(({ hasWork }) => hasWork));
      if (member === undefined) return;
      member.stall(overtakenMs * 1e6);
      world.mark('a consumer stood still with work to commit');
      world.agenda.after(workMostMs * 1e6, () => of.join(member.plan.group, dice));
    },
  );
}
