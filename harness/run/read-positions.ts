import { comparePositions, type Position } from '../core/position.ts';
import {
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  SettlementCode,
  TransactionEndCode,
} from '../core/events.ts';

/**
 * How far each subscription has read, for the proof of a drain by end positions. What a live session has
 * delivered counts; what a dead one had delivered counts only as far as it was acknowledged, because
 * somebody must read the rest again.
 */
export class ReadPositions {
  /** Furthest position per session, then per group and scope. */
  readonly #delivered = new Map<number, Map<number, Position>>();
  readonly #acknowledged = new Map<number, Position>();
  /** By transaction: offsets that count when it is committed. */
  readonly #included = new Map<number, [key: number, last: Position][]>();
  readonly #sessionsOfActor = new Map<number, Set<number>>();
  /** A crash is written down before its victim is terminated: what such a one still takes counts for nothing. */
  readonly #crashed = new Set<number>();

  observe(event: EventRecord): void {
    switch (event.kind) {
      case EventKind.deliver:
        if ((event.flags & Flag.placed) === 0 || this.#crashed.has(event.actor)) return;
        this.#remember(event);
        return;
      case EventKind.settleSettled:
        if (event.outcome !== OutcomeCode.ok || event.detail !== SettlementCode.acknowledge) return;
        if ((event.flags & Flag.placed) === 0) return;
        raise(this.#acknowledged, keyOf(event.group, event.scope), positionOf(event));
        return;
      case EventKind.offsetCommitSettled:
        if (event.outcome === OutcomeCode.ok && event.seq !== 0) this.#include(event);
        return;
      case EventKind.transactionEndSettled:
        if (event.outcome === OutcomeCode.ok && event.detail === TransactionEndCode.commit) {
          for (const [key, last] of this.#included.get(event.ref) ?? []) {
            raise(this.#acknowledged, key, last);
          }
        }
        this.#included.delete(event.ref);
        return;
      case EventKind.sessionClosed:
        this.#delivered.delete(event.session);
        return;
      case EventKind.crashed:
        this.#crashed.add(event.actor);
        for (const session of this.#sessionsOfActor.get(event.actor) ?? []) {
          this.#delivered.delete(session);
        }
        return;
      default:
    }
  }

  reached(group: number, scope: number): Position | undefined {
    const key = keyOf(group, scope);
    let furthest = this.#acknowledged.get(key);
    for (const scopes of this.#delivered.values()) {
      const position = scopes.get(key);
      if (position === undefined) continue;
      if (furthest === undefined || comparePositions(position, furthest) > 0) furthest = position;
    }
    return furthest;
  }

  /** A committed offset is the next to be read. */
  #include(event: EventRecord): void {
    const included = this.#included.get(event.seq) ?? [];
    this.#included.set(event.seq, included);
    const { major, minor } = positionOf(event);
    included.push([keyOf(event.group, event.scope), { major: major - 1, minor }]);
  }

  #remember(event: EventRecord): void {
    let scopes = this.#delivered.get(event.session);
    if (scopes === undefined) {
      scopes = new Map();
      this.#delivered.set(event.session, scopes);
      const sessions = this.#sessionsOfActor.get(event.actor) ?? new Set();
      this.#sessionsOfActor.set(event.actor, sessions.add(event.session));
    }
    raise(scopes, keyOf(event.group, event.scope), positionOf(event));
  }
}

function keyOf(group: number, scope: number): number {
  return group * 65_536 + scope;
}

function positionOf(event: EventRecord): Position {
  return { major: event.positionMajor, minor: event.positionMinor };
}

function raise(positions: Map<number, Position>, key: number, position: Position): void {
  const known = positions.get(key);
  if (known === undefined || comparePositions(position, known) > 0) positions.set(key, position);
}
