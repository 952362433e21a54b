import type { Random } from '../../core/random.ts';
import { between, ms } from '../../core/chance.ts';
import type { World } from '../../simulate/world/world.ts';

/** How often each kind happens while the load lasts. */
export interface Troubles {
  readonly crashes: number;
  readonly stalls: number;
  readonly closes: number;
  readonly producerCrashes: number;
}

export const untroubled: Troubles = { crashes: 0, stalls: 0, closes: 0, producerCrashes: 0 };

interface Mortal {
  crash(): void;
  close(): void;
}

interface Stage<Member extends Mortal> {
  readonly consumers: readonly Member[];
  readonly producers: readonly { crash(): void }[];
  /** Another member comes where this one was. */
  readonly replace: (gone: Member) => void;
  readonly stall: (member: Member, forNs: number) => void;
}

/** Lets the members of a world crash, leave and stand still, at instants that the seed chooses. */
export function bringTroubles<Member extends Mortal>(
  world: World,
  troubles: Troubles,
  stage: Stage<Member>,
): void {
  const random = world.random('troubles');
  const some = (times: number, act: () => void): void => {
    for (let time = 0; time < times; time += 1) {
      world.agenda.at(between(random, 20, 120) * ms, act);
    }
  };
  const replaced = (leave: (member: Member) => void) => (): void => {
    const member = anyOf(random, stage.consumers);
    if (member === undefined) return;
    leave(member);
    world.agenda.after(between(random, 5, 90) * ms, () => stage.replace(member));
  };
  some(
    troubles.crashes,
    replaced((member) => member.crash()),
  );
  some(
    troubles.closes,
    replaced((member) => member.close()),
  );
  some(troubles.stalls, () => {
    const member = anyOf(random, stage.consumers);
    if (member !== undefined) stage.stall(member, between(random, 20, 200) * ms);
  });
  some(troubles.producerCrashes, () => anyOf(random, stage.producers)?.crash());
}

function anyOf<T>(random: Random, members: readonly T[]): T | undefined {
  return members[random.below(members.length)];
}
