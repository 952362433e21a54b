import type { RunRecord } from '../../harness/record/schema.ts';
import type {
  SentenceRecord,
  SentenceVerdict,
  SideRecord,
  SystemTrialRecord,
} from '../../harness/record/textbook-schema.ts';
import type { CellState } from './matrix.ts';

/** As what a verdict is shown; what held for reference only is nobody's promise kept. */
export const verdictState: Readonly<Record<SentenceVerdict, CellState>> = {
  held: 'kept',
  'held-reference-only': 'held',
  measured: 'held',
  depends: 'unclaimed',
  'did-not-hold': 'broken',
  inconclusive: 'inconclusive',
  'not-run': 'unsupported',
};

export const verdictWord: Readonly<Record<SentenceVerdict, string>> = {
  held: 'held',
  'held-reference-only': 'held (reference only)',
  measured: 'measured',
  depends: 'depends',
  'did-not-hold': 'did not hold',
  inconclusive: 'inconclusive',
  'not-run': 'not run',
};

export const verdictMeaning: Readonly<Record<SentenceVerdict, string>> = {
  held: 'on every real system that it requires, treatment and control differed as it says',
  'held-reference-only':
    'they differed wherever it was tried, and no real system that it requires was asked',
  measured:
    'it says an amount: where treatment and control differed it is answered by a figure and its interval on this machine',
  depends: 'they differed on one system and not on another',
  'did-not-hold': 'a treatment or its control showed something else, with all evidence there',
  inconclusive: 'evidence is missing: never counted as held',
  'not-run': 'not all systems that it requires were asked all of it',
};

/** One trial on one system that was asked at all. */
export interface TrialShown {
  readonly says: string;
  readonly system: SystemTrialRecord;
  readonly sides: readonly { readonly role: 'treatment' | 'control'; readonly side: SideRecord }[];
}

export interface SentenceShown {
  readonly sentence: SentenceRecord;
  readonly trials: readonly TrialShown[];
}

export interface TextbookShown {
  readonly asked: readonly SentenceShown[];
  /** Sentences of which no cell is in the run. */
  readonly unasked: readonly SentenceRecord[];
  readonly tally: string;
}

export function textbookOf({ textbook }: RunRecord): TextbookShown {
  const all = textbook.map((sentence) => ({ sentence, trials: trialsOf(sentence) }));
  const verdicts = Object.entries(verdictWord).map(([verdict, word]) => {
    const count = textbook.filter((sentence) => sentence.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return {
    asked: all.filter(({ trials }) => trials.length > 0),
    unasked: all.filter(({ trials }) => trials.length === 0).map(({ sentence }) => sentence),
    tally: verdicts.flat().join(', '),
  };
}

function trialsOf({ trials }: SentenceRecord): readonly TrialShown[] {
  return trials.flatMap(({ says, systems }) =>
    systems
      .filter(({ outcome }) => outcome !== 'not-run')
      .map((system) => ({
        says,
        system,
        sides: [
          { role: 'treatment' as const, side: system.treatment },
          { role: 'control' as const, side: system.control },
        ],
      })),
  );
}
