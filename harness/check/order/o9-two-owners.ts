import { EventKind, type EventRecord, Flag } from '../../core/events.ts';
import type { CellFacts } from '../../core/facts.ts';
import type { Check, CheckModule, CheckResult } from '../check.ts';
import { Findings } from '../findings.ts';
import type { MessageState } from '../state/message-state.ts';
import { type Hold, type Ownership, ownership, type ScopeHolds } from '../state/ownership.ts';

export const twoOwners: CheckModule = {
  id: 'O9',
  definition:
    'Two sessions of a group own one scope at the same time, for longer than clocks may be off. A holder of an older generation that has not noticed its end yet is no owner, unless it is served what it asked for after the new assignment and never learns that it lost the scope.',
  source:
    'KIP-429 and the consumer group protocol’s generations; RabbitMQ single active consumer; Pulsar exclusive and failover subscriptions',
  memory: '64 bytes an assignment, 32 of each scope and group',
  example: [
    '{"kind":"history","version":1}',
    '{"timeMs":1,"kind":"group.assigned","actor":"c","group":"g","scope":"p0","generation":4}',
    '{"timeMs":9,"kind":"group.assigned","actor":"d","group":"g","scope":"p0","generation":4}',
    '{"timeMs":40,"kind":"group.revoked","actor":"c","group":"g","scope":"p0"}',
    '{"timeMs":90,"kind":"drain.complete","group":"g"}',
  ],
  applies: ({ assignments }: CellFacts) =>
    assignments ? undefined : 'no assignments are recorded',
  create: (state, seed) => new TwoOwnersCheck(state, seed),
};

interface Overlap {
  readonly of: ScopeHolds;
  readonly older: Hold;
  readonly newer: Hold;
  readonly sinceNs: number;
  /** The older one was served what it asked for after the newer one had begun. */
  isServed: boolean;
}

/** Overlaps that are watched at once; those beyond are possible. */
const maxOverlaps = 1_024;

/**
 * O9, two owners. What an overlap means is known when the older hold has ended:
 * - two of one generation: certain, however it ended;
 * - of two generations: the older is certain only if it was served after the handover and did not end by
 *   learning that it had been lost, because logs fence commits and not reads, and not by a crash;
 * - of unknown generations: certain after an orderly revocation, or without any end; what ended by `lost`,
 *   a close or a crash may have ended long before that was written down, unless it was served.
 * An overlap within the skew bound is possible, as callbacks of two members run in any order.
 */
class TwoOwnersCheck implements Check {
  readonly takesRuns = true;
  readonly listensTo = [
    EventKind.deliver,
    EventKind.assigned,
    EventKind.revoked,
    EventKind.lost,
    EventKind.sessionClosed,
    EventKind.crashed,
  ];
  readonly #state: MessageState;
  readonly #ownership: Ownership;
  readonly #findings: Findings;
  readonly #skewNs: number;
  #overlaps: Overlap[] = [];

  constructor(state: MessageState, seed: number) {
    this.#state = state;
    this.#ownership = state.part(ownership);
    this.#findings = new Findings('O9', state.lanes, seed);
    this.#skewNs = state.facts.bounds.skewMs * 1e6;
  }

  fold(event: EventRecord): void {
    if (event.kind === EventKind.deliver) {
      if (this.#overlaps.length > 0) this.#served(event);
      return;
    }
    const { begun, ended } = this.#ownership;
    if (begun !== undefined) this.#begin(begun.of, begun.hold);
    if (ended.length > 0) this.#resolve(event.timeNs, ({ older }) => older.end !== 'none');
  }

  finish(): CheckResult {
    this.#resolve(this.#state.lastNs, () => true);
    return this.#findings.result(this.#ownership.begins);
  }

  #begin(of: ScopeHolds, hold: Hold): void {
    for (const other of of.holds) {
      if (other === hold || other.end !== 'none') continue;
      if (this.#overlaps.length >= maxOverlaps) {
        this.#findings.possible += 1;
        continue;
      }
      const isLate = hold.generation > 0 && hold.generation < other.generation;
      const [older, newer] = isLate ? [hold, other] : [other, hold];
      this.#overlaps.push({ of, older, newer, sinceNs: hold.sinceNs, isServed: false });
    }
  }

  #served({ group, scope, session, flags, auxNs }: EventRecord): void {
    if ((flags & Flag.placed) === 0 || (flags & Flag.pulled) === 0) return;
    for (const overlap of this.#overlaps) {
      const { of, older, newer } = overlap;
      if (of.group !== group || of.scope !== scope || older.session !== session) continue;
      if (auxNs > overlap.sinceNs + this.#skewNs && newer.endNs > auxNs) overlap.isServed = true;
    }
  }

  #resolve(nowNs: number, isOver: (overlap: Overlap) => boolean): void {
    this.#overlaps = this.#overlaps.filter((overlap) => {
      if (!isOver(overlap)) return true;
      const { of, older, newer, sinceNs } = overlap;
      const untilNs = Math.min(older.endNs, newer.endNs, nowNs);
      const kind = untilNs - sinceNs <= this.#skewNs ? undefined : certainKind(overlap);
      if (kind === undefined) {
        this.#findings.possible += 1;
        return false;
      }
      const { group, scope } = of;
      const spanMs = ((untilNs - sinceNs) / 1e6).toFixed(1);
      const note = `sessions ${older.session} and ${newer.session} own scope ${this.#state.nameOf('scope', scope)} for ${spanMs} ms`;
      this.#findings.addAbout(kind, { about: 'scope', group, scope, atNs: sinceNs, note });
      return false;
    });
  }
}

/** Undefined where a legal explanation is left. */
function certainKind({ of, older, newer, isServed }: Overlap): string | undefined {
  // Of a hold that is forgotten nobody would hear that it has ended.
  if (!isRemembered(of, older) || !isRemembered(of, newer)) return undefined;
  const isKnown = older.generation > 0 && newer.generation > 0;
  if (isKnown && older.generation === newer.generation) return 'one generation';
  const isTold = older.end === 'revoked' || older.end === 'none';
  if (isKnown) return isServed && (isTold || older.end === 'closed') ? 'served after' : undefined;
  return isServed || isTold ? 'unknown generations' : undefined;
}

function isRemembered(of: ScopeHolds, hold: Hold): boolean {
  return hold.end !== 'none' || of.holds.includes(hold);
}
