import { EventKind, type EventRecord } from '../../core/events.ts';
import type { World } from '../../simulate/world/world.ts';

/** A consumer that may become the active one. */
export interface Candidate {
  readonly who: Pick<EventRecord, 'actor' | 'group' | 'session'>;
  activate(): void;
}

/** Of all consumers of a queue one gets everything; when it is gone, the next in line. */
export class SingleActive {
  readonly #world: World;
  readonly #scope: number;
  #line: Candidate[] = [];
  #active: Candidate | undefined;
  #generation = 0;

  constructor(world: World, scope: number) {
    this.#world = world;
    this.#scope = scope;
  }

  join(candidate: Candidate): void {
    this.#line.push(candidate);
    if (this.#active === undefined) this.#promote();
    else if (this.#world.defect.is('two-active')) this.#promote(this.#generation);
  }

  /** @param isSaid it goes with a goodbye, and knows that it is active no longer */
  leave(candidate: Candidate, isSaid: boolean): void {
    this.#line = this.#line.filter((other) => other !== candidate);
    if (this.#active !== candidate) return;
    if (isSaid) this.#write(EventKind.revoked, candidate);
    this.#active = undefined;
    this.#promote();
  }

  #promote(generation = this.#generation + 1): void {
    const next = this.#line.shift();
    if (next === undefined) return;
    this.#generation = generation;
    this.#active = next;
    this.#write(EventKind.assigned, next);
    next.activate();
  }

  #write(kind: EventKind, { who }: Candidate): void {
    this.#world.history.write(kind, { ...who, scope: this.#scope, ref: this.#generation });
  }
}
