import { EventKind, noGroup } from '../../core/events.ts';
import { fail, ok } from './message.ts';
import type { World } from './world.ts';

/** An input of a group: what an effect is the effect of. */
interface Input {
  readonly group: number;
  readonly lane: number;
  readonly seq: number;
}

/**
 * A place outside the messaging system. It recognises an effect that it has already, so that deliveries may
 * repeat and effects do not.
 */
export class Sink {
  readonly #world: World;
  readonly #number: number;
  readonly #copies = new Map<string, { readonly input: Input; copies: number }>();

  constructor(world: World, number: number) {
    this.#world = world;
    this.#number = number;
  }

  /** @returns false for a repetition */
  apply(input: Input): boolean {
    const { defect } = this.#world;
    const key = `${input.group}:${input.lane}:${input.seq}`;
    const known = this.#copies.get(key);
    if (known !== undefined) {
      if (defect.is('sink-recognises-nothing')) known.copies += 1;
      if (defect.strikes('effect-applied-twice')) known.copies += 1;
      return false;
    }
    if (defect.strikes('effect-lost')) return true;
    this.#copies.set(key, { input, copies: 1 });
    return true;
  }

  /** The consumer's own record of what the sink answered. */
  recordApplied(by: { readonly actor: number }, input: Input, isNew: boolean): void {
    this.#world.history.write(EventKind.effectApplied, {
      ...by,
      ...input,
      scope: this.#number,
      outcome: isNew ? ok : fail,
    });
  }

  /** When everything is over, each effect is read back, and how often it is there. */
  readBack(actor: number): void {
    const { history, defect } = this.#world;
    for (const { input, copies } of this.#copies.values()) {
      const { lane, seq } = input;
      const ref = defect.strikes('reading-of-two-has-no-end') ? copies + 1 : copies;
      history.write(EventKind.sinkRead, { actor, lane, seq, scope: this.#number, ref });
      if (defect.strikes('effect-invented')) {
        const invented = { actor, lane, seq: seq + 100_000, scope: this.#number, ref: 1 };
        history.write(EventKind.sinkRead, invented);
      }
    }
    if (defect.is('reading-of-two-has-no-end')) return;
    history.write(EventKind.sinkComplete, { actor, group: noGroup, scope: this.#number });
    for (const { input } of this.#copies.values()) {
      if (defect.strikes('effect-after-reading-back')) this.recordApplied({ actor }, input, true);
    }
  }
}
