import { type Pair, type Sentence, sideOf, type Trial } from '../../scenarios/textbook/sentence.ts';
import { plural } from '../core/plural.ts';
import type { CellRecord } from '../record/schema.ts';
import type {
  SentenceRecord,
  SideRecord,
  SystemTrialRecord,
  TrialOutcome,
} from '../record/textbook-schema.ts';
import { judgeSide } from './judge-side.ts';

/** What a textbook is judged with, besides the cells. */
export interface Textbook {
  readonly sentences: readonly Sentence[];
  /** Engines of this project's own: what holds there alone holds for reference only. */
  readonly references: readonly string[];
  /** By scenario; a cell with fewer faults proves nothing. */
  readonly faultsPlanned: (scenario: string) => number;
}

/** What the cells of a run say about each sentence, in the order of the textbook. */
export function judgeTextbook(
  textbook: Textbook,
  cells: readonly CellRecord[],
): readonly SentenceRecord[] {
  return textbook.sentences.map((sentence) => judgeSentence(sentence, textbook, cells));
}

function judgeSentence(
  sentence: Sentence,
  textbook: Textbook,
  cells: readonly CellRecord[],
): SentenceRecord {
  const { id, text, requires, untried } = sentence;
  const trials = sentence.trials.map((trial) => ({
    says: trial.says,
    systems: Object.entries(trial.systems).map(([engine, pair]) =>
      judgeTrial(trial, engine, pair, textbook, cells),
    ),
  }));
  return {
    id,
    text,
    ...asAmount(verdictOf(trials, requires, textbook.references), sentence),
    requires: [...requires],
    untried: [...untried],
    trials,
  };
}

function judgeTrial(
  trial: Trial,
  engine: string,
  pair: Pair,
  { faultsPlanned }: Textbook,
  cells: readonly CellRecord[],
): SystemTrialRecord {
  const side = (which: 'treatment' | 'control'): SideRecord => {
    const asked = sideOf(trial, pair, which);
    return judgeSide(
      asked,
      { name: `${engine}@${pair[which]}`, against: pair.against },
      cells,
      faultsPlanned(asked.scenario),
    );
  };
  const treatment = side('treatment');
  const control = side('control');
  return { engine, outcome: differing(treatment, control), treatment, control };
}

/** A treatment that was not asked says nothing; one without its control proves nothing. */
function differing(treatment: SideRecord, control: SideRecord): TrialOutcome {
  const outcomes = [treatment.outcome, control.outcome];
  if (outcomes.every((outcome) => outcome === 'not-run')) return 'not-run';
  if (outcomes.includes('otherwise')) return 'contradicted';
  return outcomes.every((outcome) => outcome === 'as-said') ? 'differs' : 'inconclusive';
}

const worstLast: readonly TrialOutcome[] = ['differs', 'not-run', 'inconclusive', 'contradicted'];

/** By engine: the worst of its trials. */
function standings(trials: SentenceRecord['trials']): ReadonlyMap<string, TrialOutcome> {
  const worst = new Map<string, TrialOutcome>();
  for (const { engine, outcome } of trials.flatMap(({ systems }) => systems)) {
    const known = worst.get(engine) ?? 'differs';
    const isWorse = worstLast.indexOf(outcome) > worstLast.indexOf(known);
    worst.set(engine, isWorse ? outcome : known);
  }
  return worst;
}

type Judged = Pick<SentenceRecord, 'verdict' | 'because'>;

function verdictOf(
  trials: SentenceRecord['trials'],
  requires: readonly string[],
  references: readonly string[],
): Judged {
  const systems = standings(trials);
  const at = (wanted: TrialOutcome): readonly string[] =>
    [...systems].filter(([, outcome]) => outcome === wanted).map(([engine]) => engine);
  const held = at('differs');
  const not = at('contradicted');
  if (not.length > 0) {
    if (held.length === 0) return { verdict: 'did-not-hold', because: `on ${not.join(', ')}` };
    const because = `on the system: it held on ${held.join(', ')}, and not on ${not.join(', ')}`;
    return { verdict: 'depends', because };
  }
  const open = at('inconclusive');
  if (open.length > 0) {
    return { verdict: 'inconclusive', because: `evidence is missing on ${open.join(', ')}` };
  }
  const inPart = requires.filter((engine) => held.includes(engine) && !isAskedAll(engine, trials));
  const real = requires.filter((engine) => held.includes(engine) && !inPart.includes(engine));
  const lacking = requires.filter((engine) => !held.includes(engine));
  const targets = `${real.length} of ${plural(requires.length, 'required target')}`;
  if (requires.length > 0 && real.length === requires.length) {
    return { verdict: 'held', because: `on ${held.join(', ')}` };
  }
  const without = [
    ...(inPart.length === 0 ? [] : [`; not all of it can be asked of ${inPart.join(', ')} yet`]),
    ...(lacking.length === 0 ? [] : [`; not asked: ${lacking.join(', ')}`]),
  ].join('');
  const isForReference = held.some((engine) => references.includes(engine));
  if (real.length + inPart.length === 0 && isForReference) {
    return { verdict: 'held-reference-only', because: `on ${held.join(', ')}${without}` };
  }
  const where = held.length === 0 ? '' : `, held on ${held.join(', ')}`;
  return { verdict: 'not-run', because: `${targets}${where}${without}` };
}

/** An amount was measured where its sentence would be held; it is for whoever reads it to compare. */
function asAmount(judged: Judged, { amount }: Sentence): Judged {
  const { verdict, because } = judged;
  if (amount === undefined) return judged;
  if (verdict === 'held') return { verdict: 'measured', because };
  if (verdict !== 'held-reference-only') return judged;
  return { verdict: 'measured', because: `${because}; for reference only` };
}

/** A system that one of the trials has no profiles for was not asked what the sentence says. */
function isAskedAll(engine: string, trials: SentenceRecord['trials']): boolean {
  return trials.every(({ systems }) => systems.some((system) => system.engine === engine));
}
