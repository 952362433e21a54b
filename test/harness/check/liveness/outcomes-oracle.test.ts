import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EventRecord } from '../../../../harness/core/events.ts';
import { type CellFacts, plainFacts, plainGroup } from '../../../../harness/core/facts.ts';
import { resultAlone } from '../history-of.ts';
import { randomFacts, randomHistory } from '../random-history.ts';
import { NaiveTransactions } from '../transactions/naive-transactions.ts';
import { randomTransactions } from '../transactions/random-transactions.ts';
import { transacted } from '../transactions/transaction-history.ts';

/** What was reported of a message, against what its readers saw of it. */
class NaiveOutcomes extends NaiveTransactions {
  /** Messages, each for the first reason that there is. */
  classes(): Record<string, number> {
    const classes: Record<string, number> = {};
    for (const id of this.sent()) {
      const which = this.#classOf(id);
      if (which !== undefined) classes[which] = (classes[which] ?? 0) + 1;
    }
    return classes;
  }

  /** Nothing was found, and something may yet come. */
  isOpen(): boolean {
    return this.groups.some((group) => {
      if (!this.isDrained(group)) return true;
      return this.#promised().some(
        (id) => !this.#isDue(id, group) && !this.arrivedBefore(id, group, this.events.length),
      );
    });
  }

  #classOf(id: string): string | undefined {
    const arrives = (group: number): boolean => this.arrivedBefore(id, group, this.events.length);
    const isSeenSomewhere = this.groups.some(arrives);
    if (this.refused().includes(id) && isSeenSomewhere) return 'failed, yet applied';
    const isAbsent = (group: number): boolean =>
      this.isDrained(group) && this.#isDue(id, group) && !arrives(group);
    if (this.#promised().includes(id) && this.groups.some(isAbsent)) {
      return 'acknowledged, yet absent';
    }
    if (this.facts.transactions !== 'read-committed' || !isSeenSomewhere) return undefined;
    return this.abortedness(id) === 'certain' ? 'aborted, yet applied' : undefined;
  }

  /** It was sent before the group was last drained. */
  #isDue(id: string, group: number): boolean {
    return this.isInvokedBefore(id, this.lastDrain(group));
  }

  /** Acknowledged, and committed where it was sent in a transaction. */
  #promised(): string[] {
    return this.acknowledged().filter((id) => {
      const [writer, another] = [...this.writers(id)];
      if (writer === undefined || another !== undefined) return false;
      return writer === 0 || this.isCommitted(writer);
    });
  }
}

interface Case {
  readonly events: readonly EventRecord[];
  readonly facts: CellFacts;
}

const cases: fc.Arbitrary<Case> = fc.oneof(
  fc.record({ history: randomHistory, facts: randomFacts }).map(({ history, facts }) => {
    return { events: history.events, facts };
  }),
  randomTransactions.map(({ events }) => {
    const groups = [plainGroup, plainGroup];
    return { events, facts: { ...plainFacts, ...transacted, groups } };
  }),
);

it('L5 agrees with a naive oracle on every small history, with transactions and without', () => {
  const seen: Record<string, number> = { clean: 0, undecided: 0 };
  fc.assert(
    fc.property(cases, ({ events, facts }) => {
      const naive = new NaiveOutcomes(events, facts);
      const classes = naive.classes();
      const count = Object.values(classes).reduce((sum, one) => sum + one, 0);
      for (const one of Object.keys(classes)) seen[one] = (seen[one] ?? 0) + 1;
      const result = resultAlone('L5', events, facts);
      if (count === 0 && naive.isOpen()) {
        seen['undecided'] = (seen['undecided'] ?? 0) + 1;
        expect(result.status).toBe('undecided');
        return;
      }
      if (count === 0) seen['clean'] = (seen['clean'] ?? 0) + 1;
      expect(result).toMatchObject({ status: 'decided', count, possible: 0, classes });
    }),
    { numRuns: 2_000, seed: 20_261_130 },
  );
  expect(Object.keys(seen)).toHaveLength(5);
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
});
