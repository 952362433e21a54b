import type { Dice } from '../../embedded/simulation/dice.ts';
import type { Troubles } from '../../embedded/simulation/troubles.ts';
import type { SimulatedWorld } from '../../simulation.ts';
import type { SimulatedConsumer } from './consumer.ts';
import type { SimulatedProducer } from './producer.ts';

export interface ClientsInPlay {
  readonly world: SimulatedWorld;
  readonly troubles: Troubles;
  readonly consumers: readonly SimulatedConsumer[];
  readonly producers: readonly SimulatedProducer[];
  /** Another consumer, in the place of one that died, if any did. */
  readonly join: (victim: SimulatedConsumer | undefined, dice: Dice) => void;
}

/** Consumers and producers die or stand still. */
export function planClientTroubles({
  world,
  troubles,
  consumers,
  producers,
  join,
}: ClientsInPlay): void {
  troubles.perhaps(0.4, 'client-crash', 'a consumer dies and another comes', (dice) => {
    const victim = dice.anyOf(consumers);
    if (victim?.crash() === true) {
      troubles.faults.add('client-crash');
      world.mark('a consumer died');
    }
    join(victim, dice);
  });
  troubles.perhaps(0.3, 'client-stall', 'a consumer stands still', (dice) => {
    const victim = dice.anyOf(consumers);
    const isStill = victim?.stall(dice.between(20, 300) * 1e6) === true;
    if (isStill) world.mark('a consumer stood still');
  });
  troubles.perhaps(0.2, 'client-crash', 'a producer dies', () => {
    if (producers[0]?.crash() !== true) return;
    troubles.faults.add('client-crash');
    world.mark('a producer died');
  });
}
