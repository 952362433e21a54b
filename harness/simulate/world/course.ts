import { EventKind, OutcomeCode, PhaseCode, ToleranceCode } from '../../core/events.ts';
import { ms } from '../../core/chance.ts';
import type { World } from './world.ts';

export interface CoursePlan {
  /** All producers have come to their end. */
  readonly isLoaded: () => boolean;
  /** Nothing is left to be delivered or settled. */
  readonly isDrained: () => boolean;
  /** What is read and written down when that is so, before the end. */
  readonly afterDrain: () => void;
}

const lookEveryNs = 25 * ms;
/** Seen drained so often in a row, because something may be on its way. */
const timesDrained = 4;
/** Longer than any bound of a model: whoever has not drained by then never will. */
const mostNs = 60_000 * ms;

/** The phases of a cell: load, faults within it, and the drain, after which the world stands still. */
export class Course {
  readonly #world: World;
  readonly #actor: number;
  #faults = 0;
  #openFaults = 0;
  #isOver = false;

  constructor(world: World) {
    this.#world = world;
    this.#actor = world.newActor();
  }

  run(plan: CoursePlan): void {
    this.#phase('load');
    this.#waitForLoad(plan);
    this.#world.agenda.run(mostNs);
    // The agenda's clock stands where its last appointment was.
    if (!this.#isOver) this.#phase('end');
  }

  /** A fault that the claims promise to bear. */
  fault(start: () => void, forNs: number, stop: () => void): void {
    const { history, agenda, defect } = this.#world;
    const fault = { actor: this.#actor, ref: this.#faults };
    this.#faults += 1;
    this.#openFaults += 1;
    this.#phase('fault');
    history.write(EventKind.faultStarted, { ...fault, detail: ToleranceCode.tolerated });
    const bites = !defect.is('fault-never-bites');
    if (bites) start();
    agenda.after(forNs, () => {
      if (bites) stop();
      const outcome = bites ? OutcomeCode.ok : OutcomeCode.fail;
      history.write(EventKind.faultStopped, { ...fault, outcome });
      this.#openFaults -= 1;
      this.#phase('heal');
    });
  }

  /** The group has read everything. */
  drained(group: number): void {
    this.#world.history.write(EventKind.drainComplete, { actor: this.#actor, group });
  }

  #phase(name: keyof typeof PhaseCode): void {
    const { history, agenda, defect } = this.#world;
    history.write(EventKind.phase, { actor: this.#actor, detail: PhaseCode[name] });
    const stepNs = defect.is('clock-steps') && name !== 'load' ? 3_000 * ms : 0;
    history.write(EventKind.clockSample, { actor: this.#actor, auxNs: agenda.nowNs + stepNs });
  }

  #waitForLoad(plan: CoursePlan): void {
    if (plan.isLoaded() && this.#openFaults === 0) {
      this.#phase('drain');
      return this.#waitForDrain(plan, 0);
    }
    this.#world.agenda.after(lookEveryNs, () => this.#waitForLoad(plan));
  }

  #waitForDrain(plan: CoursePlan, seen: number): void {
    if (seen === timesDrained) {
      plan.afterDrain();
      this.#phase('end');
      this.#isOver = true;
      return this.#world.agenda.stop();
    }
    const next = plan.isDrained() ? seen + 1 : 0;
    this.#world.agenda.after(lookEveryNs, () => this.#waitForDrain(plan, next));
  }
}
