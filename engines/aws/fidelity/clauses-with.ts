import type { ClauseAnswer, FidelityClause, Occasion } from '../../fidelity.ts';

/** What the probes of a service speak through; closed when a clause has its answer, or cannot have one. */
interface Kit {
  close(): Promise<void>;
}

/** Asked beside others and within seconds, where it does not say something else. */
export type ClauseOf<K> = Omit<FidelityClause, 'probe' | 'manner' | 'takes' | 'group'> & {
  readonly manner?: FidelityClause['manner'];
  readonly takes?: FidelityClause['takes'];
  readonly ask: (kit: K) => Promise<ClauseAnswer>;
};

/** @returns what makes the clauses of one group, each of which is asked through a kit of its own */
export function clausesWith<K extends Kit>(
  kitFor: (occasion: Occasion) => K,
): (group: string, clauses: readonly ClauseOf<K>[]) => readonly FidelityClause[] {
  return (group, clauses) =>
    clauses.map(({ ask, manner = 'beside-others', takes = 'seconds', ...clause }) => ({
      ...clause,
      group,
      manner,
      takes,
      probe: async (occasion) => {
        const kit = kitFor(occasion);
        try {
          return await ask(kit);
        } finally {
          await kit.close();
        }
      },
    }));
}
