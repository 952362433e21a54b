/**
 * The definitions of shared vocabulary, by sets, arrays and nested loops over a whole history: slow, and
 * written without a look at the streaming checks. It tells how many findings are proven and how many are
 * only possible. Lanes 0 to 3 are ordered, 4 and 5 are not.
 */
import type { CellFacts } from '../../../harness/core/facts.ts';
import type { CheckId } from '../../../harness/core/anomalies.ts';
import {
  CorruptionCode,
  EventKind,
  type EventRecord,
  Flag,
  SettlementCode,
} from '../../../harness/core/events.ts';
import { NaiveDuplicates, type Tally } from './naive-duplicates.ts';
import { has, idOf, isFlagged, isOf, knowsFlag, NaiveHistory } from './naive-history.ts';

export type OracleFindings = Partial<Readonly<Record<CheckId, Tally | 'undecided'>>>;

export function oracle(events: readonly EventRecord[], facts: CellFacts): OracleFindings {
  return new Oracle(new NaiveHistory(events, facts)).judge();
}

class Oracle {
  readonly #history: NaiveHistory;

  constructor(history: NaiveHistory) {
    this.#history = history;
  }

  judge(): OracleFindings {
    const { groups } = this.#history;
    const duplicates = new NaiveDuplicates(this.#history).judge(groups);
    return {
      D1: this.#losses(groups, this.#history.acknowledged()),
      D4: duplicates.D4,
      D5: duplicates.D5,
      D6: duplicates.D6,
      D7: { count: this.#phantoms(), possible: 0 },
      D8: { count: this.#ghosts(), possible: 0 },
      D9: { count: this.#corrupted(), possible: 0 },
      D10: this.#lostWithConsumers(groups),
      D12: this.#losses(groups, this.#history.unsettled(), false),
      O2: this.#reorders(groups),
    };
  }

  #losses(groups: number[], candidates: string[], tellsGaps = true): Tally | 'undecided' {
    const found = { count: 0, possible: 0 };
    let hasMore = false;
    for (const group of groups) {
      const missing = candidates.filter(
        (id) => !this.#history.arrivedBefore(id, group, this.#history.events.length),
      );
      const drain = this.#history.lastDrain(group);
      const due = missing.filter((id) => this.#history.isInvokedBefore(id, drain));
      if (this.#history.isDrained(group)) {
        found.count += due.length;
        hasMore ||= due.length < missing.length;
      } else if (tellsGaps) {
        found.possible += missing.filter((id) => this.#laterArrived(id, group)).length;
      }
    }
    const areDrained = groups.every((group) => this.#history.isDrained(group));
    if (found.count === 0 && (hasMore || !areDrained)) return 'undecided';
    return found;
  }

  #laterArrived(id: string, group: number): boolean {
    const [lane, seq] = id.split(':').map(Number);
    return [...this.#history.sent()].some((other) => {
      const [otherLane, otherSeq] = other.split(':').map(Number);
      if (otherLane !== lane || Number(otherSeq) <= Number(seq)) return false;
      return this.#history.arrivedBefore(other, group, this.#history.events.length);
    });
  }

  #phantoms(): number {
    const sent = this.#history.sent();
    const foreign = this.#history
      .of(EventKind.corrupted)
      .filter(({ detail }) => detail === CorruptionCode.foreignRun);
    const unsent = this.#history.of(EventKind.deliver).filter((event) => !sent.has(idOf(event)));
    return foreign.length + unsent.length;
  }

  #ghosts(): number {
    const { groups } = this.#history;
    return this.#history
      .refused()
      .filter((id) =>
        groups.some((group) => this.#history.arrivedBefore(id, group, this.#history.events.length)),
      ).length;
  }

  #corrupted(): number {
    return this.#history
      .of(EventKind.corrupted)
      .filter(({ detail }) => detail !== CorruptionCode.foreignRun).length;
  }

  #lostWithConsumers(groups: number[]): Tally | 'undecided' {
    const found = { count: 0, possible: 0 };
    for (const group of groups.filter((one) => this.#history.isDrained(one))) {
      for (const id of this.#history.sent()) {
        if (this.#history.doneAt(id, group) >= 0) continue;
        const last = this.#history
          .deliveries(group)
          .findLast((at) => isOf(id)(this.#history.at(at)));
        if (last === undefined) continue;
        const fate = this.#orphanage(id, group, last);
        if (fate === 'orphaned') found.count += 1;
        if (fate === 'doubtful') found.possible += 1;
      }
    }
    if (found.count === 0 && !groups.every((group) => this.#history.isDrained(group)))
      return 'undecided';
    return found;
  }

  #orphanage(id: string, group: number, held: number): 'safe' | 'orphaned' | 'doubtful' {
    const { actor } = this.#history.at(held);
    const isFromDead = this.#history.isCrashedAt(this.#history.at(held), held);
    const crash = this.#history.events.findIndex(
      (event, at) => at > held && event.kind === EventKind.crashed && event.actor === actor,
    );
    if (!isFromDead && (crash < 0 || this.#history.holdBefore(id, group, crash) < 0)) return 'safe';
    const settles = this.#history.events.filter((event, at) => {
      if (event.kind !== EventKind.settleInvoke || event.group !== group || at < held) return false;
      if (idOf(event) !== id || event.detail === SettlementCode.extend) return false;
      const removes = [SettlementCode.acknowledge, SettlementCode.reject] as readonly number[];
      if (!isFromDead && at < crash) return removes.includes(event.detail);
      return this.#history.isCrashedAt(event, at);
    });
    const orphanedAt = isFromDead ? held : crash;
    const mayStillCome = orphanedAt > this.#history.lastDrain(group);
    return settles.length > 0 || mayStillCome ? 'doubtful' : 'orphaned';
  }

  #reorders(groups: number[]): Tally {
    const found = { count: 0, possible: 0 };
    for (const group of groups) {
      const firsts = this.#history
        .deliveries(group)
        .filter(
          (index) => !this.#history.arrivedBefore(idOf(this.#history.at(index)), group, index),
        );
      for (const index of firsts) {
        const event = this.#history.at(index);
        if (event.lane > 3 || isFlagged(event)) continue;
        const overtakers = firsts.filter(
          (at) =>
            at < index &&
            this.#history.at(at).lane === event.lane &&
            this.#history.at(at).seq > event.seq,
        );
        if (overtakers.length === 0) continue;
        const isCertain =
          overtakers.some((at) => this.#isOneGeneration(at, index)) && this.#isFirstCopy(index);
        if (isCertain) found.count += 1;
        else found.possible += 1;
      }
    }
    return found;
  }

  #isOneGeneration(from: number, to: number): boolean {
    const { session, actor } = this.#history.at(to);
    if (this.#history.at(from).session !== session) return false;
    const ends: readonly EventKind[] = [
      EventKind.assigned,
      EventKind.revoked,
      EventKind.lost,
      EventKind.seeked,
      EventKind.crashed,
    ];
    return !this.#history.events
      .slice(from, to)
      .some(
        (event) =>
          (event.kind === EventKind.sessionClosed && event.session === session) ||
          (ends.includes(event.kind) && event.actor === actor),
      );
  }

  #isFirstCopy(index: number): boolean {
    const event = this.#history.at(index);
    if (knowsFlag(event) || has(event, Flag.placed)) return true;
    return (
      !this.#history.facts.leased && this.#history.lastCauseNs(event.group, index) === -Infinity
    );
  }
}
