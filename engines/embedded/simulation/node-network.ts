import { between, happens, ms } from '../../../harness/core/chance.ts';
import type { Random } from '../../../harness/core/random.ts';
import type { SimulatedWorld } from '../../simulation.ts';

/** A node by its number, or the controller. */
export type Station = number | 'controller';

const stationsMost = 256;

/** Between the nodes of a cluster: messages take their time, overtake each other, and may get lost. */
export class NodeNetwork {
  readonly #world: SimulatedWorld;
  readonly #random: Random;
  /** Of a thousand messages. */
  #drops = 0;
  readonly #cut = new Map<number, number>();

  constructor(world: SimulatedWorld) {
    this.#world = world;
    this.#random = world.random('between nodes');
  }

  drop(ofThousand: number): void {
    this.#drops = ofThousand;
  }

  /** Nothing arrives between the two any more, also what is on its way. */
  cut(one: Station, other: Station): void {
    const pair = pairOf(one, other);
    this.#cut.set(pair, (this.#cut.get(pair) ?? 0) + 1);
  }

  /** Takes one cut back; there may be others. */
  join(one: Station, other: Station): void {
    const pair = pairOf(one, other);
    const others = (this.#cut.get(pair) ?? 0) - 1;
    if (others > 0) this.#cut.set(pair, others);
    else this.#cut.delete(pair);
  }

  send(from: Station, to: Station, arrive: () => void): void {
    if (happens(this.#random, this.#drops / 1000)) return;
    const slow = happens(this.#random, 0.02) ? 20 : 1;
    const tookNs = between(this.#random, 0.05, 0.5) * slow * ms;
    this.#world.agenda.after(tookNs, () => {
      if (this.#cut.size === 0 || !this.#cut.has(pairOf(from, to))) arrive();
    });
  }
}

/** The same number for both ways. */
function pairOf(one: Station, other: Station): number {
  const [a, b] = [numberOf(one), numberOf(other)];
  return Math.min(a, b) * stationsMost + Math.max(a, b);
}

function numberOf(station: Station): number {
  return station === 'controller' ? 0 : station + 1;
}
