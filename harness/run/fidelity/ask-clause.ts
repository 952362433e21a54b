import type { ClauseAnswer, FidelityClause, Occasion } from '../../../engines/fidelity.ts';
import { describeError } from '../../core/errors.ts';
import { within } from '../within.ts';

/** A purge may take a minute, a poll some seconds, and a window of deduplication five minutes. */
const mostMs = { seconds: 120_000, minutes: 900_000 } as const satisfies Record<
  FidelityClause['takes'],
  number
>;

/**
 * Whatever a probe throws is evidence that is missing, and no answer of the target. A probe that is given up ends: what
 * it goes on asking would disturb the clauses after it.
 * @param occasionWith the signal that ends the clause
 */
export async function askClause(
  clause: FidelityClause,
  occasionWith: (signal: AbortSignal) => Occasion,
  interruption: AbortSignal,
): Promise<ClauseAnswer> {
  const over = new AbortController();
  const occasion = occasionWith(AbortSignal.any([over.signal, interruption]));
  try {
    const asked = within(clause.probe(occasion), clause.id, mostMs[clause.takes], interruption);
    return bounded(await asked);
  } catch (error) {
    return bounded({
      verdict: 'inconclusive',
      request: 'not asked to the end',
      answer: describeError(error),
    });
  } finally {
    over.abort();
  }
}

const longest = 400;

function bounded({ verdict, request, answer }: ClauseAnswer): ClauseAnswer {
  return { verdict, request: cut(request), answer: cut(answer) };
}

/** In one line: an error may quote a page. */
function cut(said: string): string {
  const text = said.replaceAll(/\s+/g, ' ').trim();
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;
}
