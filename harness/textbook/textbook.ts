import { scenarios } from '../../scenarios/catalog.ts';
import { references, sentences } from '../../scenarios/textbook/catalog.ts';
import type { Sentence } from '../../scenarios/textbook/sentence.ts';
import { invariant } from '../core/errors.ts';
import type { CellRecord } from '../record/schema.ts';
import type { SentenceRecord } from '../record/textbook-schema.ts';
import { judgeTextbook, type Textbook } from './judge-sentence.ts';

export function textbookOf(chosen: readonly Sentence[]): Textbook {
  return { sentences: chosen, references, faultsPlanned };
}

/** With the sentences that a record holds, on cells that were judged again. */
export function judgeTextbookAgain(
  before: readonly SentenceRecord[],
  cells: readonly CellRecord[],
): readonly SentenceRecord[] {
  return before.flatMap((record) => {
    const sentence = sentences.find(({ id }) => id === record.id);
    if (sentence !== undefined) return judgeTextbook(textbookOf([sentence]), cells);
    const because = 'this version of Ackmark does not have the sentence';
    return [{ ...record, verdict: 'inconclusive' as const, because }];
  });
}

function faultsPlanned(id: string): number {
  const scenario = scenarios.find((candidate) => candidate.id === id);
  invariant(scenario !== undefined, `a sentence is tried in ${id}, which is no scenario`);
  return scenario.faults.length;
}
