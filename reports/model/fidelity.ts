import type { ClauseVerdict } from '../../harness/core/clause-verdict.ts';
import { isExcused } from '../../harness/record/fidelity-questions.ts';
import type {
  AskedClause,
  AskedTarget,
  ClauseAnswerRecord,
  FidelityRecord,
  TargetRecord,
} from '../../harness/record/fidelity-schema.ts';
import type { RunRecord } from '../../harness/record/schema.ts';
import { plural } from '../text/numbers.ts';
import { groupBy } from './cells.ts';
import type { CellState } from './matrix.ts';

/** One answer as a table shows it; undefined: the run was interrupted before. */
export interface AnswerShown {
  readonly clause: AskedClause;
  readonly target: string;
  readonly answer: ClauseAnswerRecord;
  readonly state: CellState;
  readonly word: string;
}

export interface FidelityRow {
  readonly clause: AskedClause;
  readonly answers: readonly (AnswerShown | undefined)[];
}

export interface FidelityGroup {
  readonly name: string;
  readonly rows: readonly FidelityRow[];
}

export interface FidelityTable {
  readonly engine: string;
  readonly document: string;
  readonly targets: readonly AskedTarget[];
  /** Those that say nothing, with why. */
  readonly silent: readonly { readonly name: string; readonly why: string }[];
  readonly groups: readonly FidelityGroup[];
  readonly clauses: number;
}

export const answerWord: Readonly<Record<ClauseVerdict, string>> = {
  kept: 'kept',
  deviates: 'deviates',
  'not-modelled': 'not modelled',
  inconclusive: 'inconclusive',
};

export const answerMeaning: readonly (readonly [CellState, string, string])[] = [
  ['kept', 'kept', 'the target answered as the document says'],
  ['broken', 'deviates', 'it answered otherwise, and nobody had said so before'],
  ['expected', 'deviates', 'it answered otherwise, as is known of this target (XFAIL)'],
  ['unsupported', 'not modelled', 'it does not know what the clause is about'],
  [
    'inconclusive',
    'inconclusive',
    'what the clause is about was not reached: never counted as kept',
  ],
];

export function fidelityOf({ fidelity }: Pick<RunRecord, 'fidelity'>): readonly FidelityTable[] {
  return fidelity.map(tableOf);
}

export interface FidelityFigures {
  readonly targets: number;
  readonly kept: number;
  /** Not known before. */
  readonly deviating: number;
  readonly known: number;
  readonly notModelled: number;
  readonly inconclusive: number;
}

/** Of all targets of all engines together. */
export function fidelityFigures({ fidelity }: Pick<RunRecord, 'fidelity'>): FidelityFigures {
  const asked = fidelity
    .flatMap(({ targets }) => targets)
    .filter((target) => target.status === 'asked');
  const states = asked.flatMap(({ answers }) => answers.map(stateOf));
  const count = (of: CellState): number => states.filter((state) => state === of).length;
  return {
    targets: asked.length,
    kept: count('kept'),
    deviating: count('broken'),
    known: count('expected'),
    notModelled: count('unsupported'),
    inconclusive: count('inconclusive'),
  };
}

export function fidelitySentence(record: Pick<RunRecord, 'fidelity'>): string {
  const { targets, kept, deviating, known } = fidelityFigures(record);
  const where = `on ${plural(targets, 'target')}`;
  const expected = known === 0 ? '' : `, and ${known} as known deviations say`;
  const answers = plural(kept + deviating + known, 'answer');
  if (deviating > 0) {
    return `${deviating} of ${answers} ${where} ${deviating === 1 ? 'deviates' : 'deviate'} from the documents${expected}`;
  }
  if (kept + known === 0) return `No clause was put to the test ${where}`;
  return known === 0
    ? `All ${answers} ${where} are as the documents say`
    : `${kept} of ${answers} ${where} are as the documents say, ${known} deviate as is known`;
}

/** How often each state is among the answers of a target. */
export function tallyOf(target: AskedTarget): string {
  const states = target.answers.map((answer) => stateOf(answer));
  const counts = answerMeaning.map(([state, word]) => {
    const count = states.filter((one) => one === state).length;
    const known = state === 'expected' ? ' as known' : '';
    return count === 0 ? [] : [`${count} ${word === 'deviates' ? 'deviate' : word}${known}`];
  });
  return counts.flat().join(', ');
}

/** Of all targets the answers that want to be read, clause by clause: the unknown deviations first. */
export function remarkable({ groups }: FidelityTable): readonly AnswerShown[] {
  const order: readonly CellState[] = ['broken', 'inconclusive', 'expected', 'unsupported'];
  const all = groups
    .flatMap(({ rows }) => rows)
    .flatMap(({ answers }) => answers)
    .filter((one) => one !== undefined);
  return order.flatMap((state) => all.filter((one) => one.state === state));
}

/** Kept, though the target is known to do otherwise: its deviation is out of date. */
export function keptAgainst({ groups }: FidelityTable): readonly AnswerShown[] {
  return groups
    .flatMap(({ rows }) => rows)
    .flatMap(({ answers }) => answers)
    .filter((one) => one !== undefined)
    .filter(({ answer }) => answer.verdict === 'kept' && answer.deviation !== null);
}

function tableOf({ engine, document, clauses, targets }: FidelityRecord): FidelityTable {
  const asked = targets.filter((target) => target.status === 'asked');
  const answersOf = asked.map(
    ({ answers }) => new Map(answers.map((answer) => [answer.clause, answer])),
  );
  const row = (clause: AskedClause): FidelityRow => ({
    clause,
    answers: asked.map(({ name }, at) => {
      const answer = answersOf[at]?.get(clause.id);
      return answer === undefined ? undefined : shown(clause, name, answer);
    }),
  });
  const groups = [...groupBy(clauses, ({ group }) => group)].map(([name, inGroup]) => ({
    name,
    rows: inGroup.map(row),
  }));
  return {
    engine,
    document,
    targets: asked,
    silent: targets.flatMap((target) => whySilent(target)),
    groups: asked.length === 0 ? [] : groups,
    clauses: clauses.length,
  };
}

function shown(clause: AskedClause, target: string, answer: ClauseAnswerRecord): AnswerShown {
  return { clause, target, answer, state: stateOf(answer), word: answerWord[answer.verdict] };
}

function stateOf(answer: ClauseAnswerRecord): CellState {
  switch (answer.verdict) {
    case 'kept':
      return 'kept';
    case 'deviates':
      return isExcused(answer) ? 'expected' : 'broken';
    case 'not-modelled':
      return 'unsupported';
    case 'inconclusive':
      return 'inconclusive';
  }
}

function whySilent(
  target: TargetRecord,
): readonly { readonly name: string; readonly why: string }[] {
  if (target.status === 'asked') return [];
  const why =
    target.status === 'failed' ? `${target.error.code}: ${target.error.message}` : target.reason;
  return [{ name: target.name, why }];
}
