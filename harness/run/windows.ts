import type { Actor } from '../actors/actor.ts';
import type { Clock } from '../core/clock.ts';
import { invariant } from '../core/errors.ts';
import { type Epoch, maximumEpochs, maximumStages } from '../measure/epochs.ts';
import type { Phase } from './phases.ts';
import type { Troupe } from './troupe.ts';

type Course = Pick<Epoch, 'phase' | 'stage' | 'fault'>;

/**
 * Tells the actors of a cell in which epoch they are, so that figures can be told apart by phase, stage and fault. An
 * actor learns it through shared memory: what it measures between two batches belongs to the epoch that it finds then.
 */
export class Windows {
  readonly #clock: Clock;
  readonly #begun: (Course & { readonly startNs: number })[] = [];
  #actors: readonly Actor[] = [];
  #now: Course = { phase: 'warmup', stage: -1, fault: undefined };
  #endNs: number | undefined;
  /** Where `at` has come to. */
  #reached = 0;

  constructor(clock: Clock, troupe: Pick<Troupe, 'all' | 'onEnter'>) {
    this.#clock = clock;
    troupe.onEnter((actor) => {
      this.#actors = [...this.#actors, actor];
      actor.enterEpoch(this.#number);
    });
  }

  /** Faults and what follows them are told by `faultStarted` and `faultStopped`, to the instant. */
  phase(name: Phase): void {
    if (name === 'end') this.#endNs ??= this.#clock.nowNs();
    else if (name !== 'fault' && name !== 'heal') this.#change({ phase: name });
  }

  /** What comes after the most stages is in none of them. */
  stage(stage: number): void {
    if (stage <= maximumStages) this.#change({ stage: stage < maximumStages ? stage : -1 });
  }

  /** @param timeNs as the history has it */
  faultStarted(index: number, timeNs: number): void {
    this.#change({ fault: { index, isOver: false } }, timeNs);
  }

  faultStopped(index: number, timeNs: number): void {
    this.#change({ fault: { index, isOver: true } }, timeNs);
  }

  /** The number of the epoch at a time; times must not fall from call to call. */
  at(timeNs: number): number {
    while ((this.#begun[this.#reached + 1]?.startNs ?? Number.POSITIVE_INFINITY) <= timeNs) {
      this.#reached += 1;
    }
    return this.#reached;
  }

  /** Each ends where the next begins; the last one with the cell. */
  epochs(): readonly Epoch[] {
    const endNs = this.#endNs ?? this.#clock.nowNs();
    return this.#begun.map((epoch, number) => ({
      ...epoch,
      endNs: this.#begun[number + 1]?.startNs ?? endNs,
    }));
  }

  get #number(): number {
    return Math.max(0, this.#begun.length - 1);
  }

  #change(change: Partial<Course>, startNs = this.#clock.nowNs()): void {
    invariant(this.#begun.length < maximumEpochs, 'a cell has few phases, stages and faults');
    this.#now = { ...this.#now, ...change };
    this.#begun.push({ ...this.#now, startNs });
    for (const actor of this.#actors) actor.enterEpoch(this.#number);
  }
}
