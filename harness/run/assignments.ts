import { EventKind, type EventRecord } from '../core/events.ts';

/** Enough for thousands of rebalances; what is given up beyond is counted for no span. */
const maxGivenUp = 65_536;

interface GivenUp {
  readonly timeNs: number;
  readonly actor: number;
}

/** Which consumer has which scope of which subscription, as they were told, and who gave up what when. */
export class Assignments {
  readonly #owners = new Map<string, number>();
  readonly #known = new Set<string>();
  readonly #givenUp: GivenUp[] = [];

  observe(event: EventRecord): void {
    const { actor } = event;
    const kind: number = event.kind;
    switch (kind) {
      case EventKind.assigned:
        this.#known.add(scopeOf(event));
        this.#owners.set(scopeOf(event), actor);
        return;
      case EventKind.revoked:
      case EventKind.lost:
        return this.#gaveUp(event);
      case EventKind.sessionClosed:
      case EventKind.crashed:
        for (const [owned, owner] of this.#owners) if (owner === actor) this.#owners.delete(owned);
        return;
      default:
    }
  }

  /** How many scopes the consumer has. */
  heldBy(actor: number): number {
    let held = 0;
    for (const owner of this.#owners.values()) if (owner === actor) held += 1;
    return held;
  }

  /** Scopes that somebody has had and nobody has. */
  get unowned(): number {
    return this.#known.size - this.#owners.size;
  }

  /** A scope counts as often as it was given up by anybody but that one. */
  givenUp(fromNs: number, toNs: number, except: number): { scopes: number; consumers: number } {
    const meant = this.#givenUp.filter(
      ({ timeNs, actor }) => timeNs >= fromNs && timeNs < toNs && actor !== except,
    );
    return { scopes: meant.length, consumers: new Set(meant.map(({ actor }) => actor)).size };
  }

  #gaveUp(event: EventRecord): void {
    const { timeNs, actor } = event;
    if (this.#givenUp.length < maxGivenUp) this.#givenUp.push({ timeNs, actor });
    if (this.#owners.get(scopeOf(event)) === actor) this.#owners.delete(scopeOf(event));
  }
}

const scopeOf = ({ group, scope }: EventRecord): string => `${group} ${scope}`;
