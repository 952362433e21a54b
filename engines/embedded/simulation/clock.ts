import { between } from '../../../harness/core/chance.ts';
import type { SimulatedWorld } from '../../simulation.ts';

/** How far the clocks of a play are from each other, and from the world's. */
export interface ClockSkew {
  /** The most that one runs fast or slow, as a share. */
  readonly drift: number;
  /** The most that two machines disagree on the time of day, in milliseconds; each boot sets it anew. */
  readonly apartMs: number;
}

export const noSkew: ClockSkew = { drift: 0, apartMs: 0 };

/** A machine has been up for a day at most when a process starts. */
const upMostMs = 86_400_000;
const ms = 1e6;

/** The monotonic clock of one process: it begins anywhere, and runs as fast as its machine's. */
export class ProcessClock {
  readonly #world: SimulatedWorld;
  readonly #fromNs: number;
  readonly #shownMs: number;
  readonly #rate: number;

  /** @param machine each has a rate of its own, in all its lives */
  constructor(world: SimulatedWorld, machine: string, { drift }: ClockSkew) {
    const { nowNs } = world.agenda;
    this.#world = world;
    this.#fromNs = nowNs;
    // No two lives begin alike, and nothing of it may be stored.
    this.#shownMs = world.random(`clock of ${machine} at ${nowNs}`).below(upMostMs);
    this.#rate = 1 + between(world.random(`rate of ${machine}`), -drift, drift);
  }

  get nowMs(): number {
    return this.#shownMs + ((this.#world.agenda.nowNs - this.#fromNs) * this.#rate) / ms;
  }

  /** When it will show that, by the world's clock. */
  whenNs(shownMs: number): number {
    return this.#fromNs + ((shownMs - this.#shownMs) * ms) / this.#rate;
  }

  /** Acts when it has gone on for so long. */
  after(delayMs: number, act: () => void): void {
    this.#world.agenda.after((delayMs * ms) / this.#rate, act);
  }
}

/** The time of day on a machine since its process began: whole milliseconds, never negative. */
export function wallClock(
  world: SimulatedWorld,
  machine: string,
  { apartMs }: ClockSkew,
): () => number {
  const random = world.random(`time of day of ${machine} at ${world.agenda.nowNs}`);
  const aheadMs = random.below(apartMs + 1);
  return () => Math.floor(world.agenda.nowNs / ms) + aheadMs;
}
