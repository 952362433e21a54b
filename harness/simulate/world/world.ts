import type { LaneSpan } from '../../core/lanes.ts';
import { type Random, randomFrom } from '../../core/random.ts';
import { Agenda } from './agenda.ts';
import { Defect } from './defect.ts';
import { Network, type Weather } from './network.ts';
import { Recorder, type Witness } from './recorder.ts';

/** No defect: the world of a healthy history. */
export const healthy = 'none';

/**
 * What every part of a model shares: one clock, one history, and randomness by name, all from one seed. No
 * part looks at real time, so that a seed is a history, byte for byte.
 */
export class World {
  readonly agenda = new Agenda();
  readonly history: Recorder;
  readonly defect: Defect;
  readonly lanes: LaneSpan[] = [];
  readonly #random: Random;
  #actors = 0;
  #sessions = 0;
  #nextLane = 0;

  constructor(seed: number, defect: string, witness: Witness) {
    this.history = new Recorder(this.agenda, witness);
    this.#random = randomFrom(seed);
    this.defect = new Defect(defect, this.random('defect'));
  }

  random(of: string): Random {
    return this.#random.fork(of);
  }

  network(of: string, weather: Weather): Network {
    return new Network(this.agenda, this.random(`network of ${of}`), weather);
  }

  newActor(): number {
    this.#actors += 1;
    return this.#actors;
  }

  newSession(): number {
    this.#sessions += 1;
    return this.#sessions;
  }

  /** @returns the first of the new lanes */
  newLanes(count: number, of: Omit<LaneSpan, 'first' | 'count'>): number {
    const first = this.#nextLane;
    // A gap after each block, so that a lane which nobody owns can be named.
    this.#nextLane += count + 1;
    this.lanes.push({ first, count, ...of });
    return first;
  }
}
