import { isExcused } from '../../harness/record/fidelity-questions.ts';
import type { ClauseAnswerRecord, FidelityRecord } from '../../harness/record/fidelity-schema.ts';
import type {
  CellRecord,
  ClauseRecord,
  ControlOutcome,
  JudgedCell,
  RunRecord,
} from '../../harness/record/schema.ts';
import type { ThresholdRecord } from '../../harness/record/threshold-schema.ts';
import { percent, whole } from '../text/numbers.ts';
import { isControl } from './cells.ts';
import { figureText } from './thresholds.ts';

/** Strings hold untrusted parts. */
export type JudgementOutcome =
  | { readonly is: 'passed' }
  | { readonly is: 'failed'; readonly message: string; readonly details: readonly string[] }
  /** Excused, or nothing that could be asked here. */
  | { readonly is: 'skipped'; readonly because: string }
  /** Nothing was shown, either way: never counted as passed. */
  | {
      readonly is: 'open';
      readonly code: string;
      readonly message: string;
      readonly details: readonly string[];
    };

/** One claimed clause of one cell, one threshold, one control or one answer of a target: what a test is elsewhere. */
export interface Judgement {
  /** The cell, or what stands in its place. */
  readonly group: string;
  readonly name: string;
  /** Of the group; the first of its judgements has it. */
  readonly tookNs: number;
  readonly outcome: JudgementOutcome;
}

/**
 * All that a run decided about claims, thresholds and targets, and what it left open, in the order of the record. Of a
 * run that does not end with exit code 0 at least one failed or is open; what `--fail-on` leaves out of the exit code is
 * told all the same.
 */
export function judgementsOf(record: RunRecord): readonly Judgement[] {
  const judgements = [
    ...record.cells.filter((cell) => !isControl(cell) || hasFailed(cell)).flatMap(cellJudgements),
    ...record.controls.map(controlJudgement),
    ...record.thresholds.map(thresholdJudgement),
    ...record.fidelity.flatMap(targetJudgements),
  ];
  const { exitCode, reason } = record.outcome;
  const tells = judgements.some(({ outcome }) => outcome.is === 'failed' || outcome.is === 'open');
  if (exitCode === 0 || (tells && !record.interrupted)) return judgements;
  const outcome = { is: 'open', code: `exit ${exitCode}`, message: reason, details: [] } as const;
  return [...judgements, { group: 'the run', name: 'ends with exit code 0', tookNs: 0, outcome }];
}

/** A control may show what it likes, but it has to be played. */
function hasFailed(cell: CellRecord): boolean {
  return cell.status === 'error' || (cell.status === 'judged' && cell.verdict === 'error');
}

const passed: JudgementOutcome = { is: 'passed' };

function cellJudgements(cell: CellRecord): readonly Judgement[] {
  const of = (name: string, outcome: JudgementOutcome): Judgement => ({
    group: cell.id,
    name,
    tookNs: 0,
    outcome,
  });
  if (cell.status === 'unsupported') {
    return [of('the cell', { is: 'skipped', because: cell.reason })];
  }
  if (cell.status === 'error') {
    const { code, message, hint } = cell.error;
    return [
      of('the cell', { is: 'open', code, message, details: [`fix: ${hint}`, replayText(cell)] }),
    ];
  }
  const whole = wholeCell(cell);
  const judgements = [
    ...(whole === undefined ? [] : [of('the cell', whole)]),
    ...cell.clauses
      .filter(({ obligation }) => obligation === 'must')
      .map((clause) => of(`${clause.id} ${clause.title}`, clauseOutcome(cell, clause))),
  ];
  return judgements.map((judgement, at) =>
    at === 0 ? { ...judgement, tookNs: cell.tookNs } : judgement,
  );
}

/** Undefined: its clauses say all of it. */
function wholeCell(cell: JudgedCell): JudgementOutcome | undefined {
  if (cell.verdict !== 'inconclusive' && cell.verdict !== 'error') return undefined;
  const message = cell.reasons.join('; ') || 'no reason was recorded';
  return { is: 'open', code: cell.verdict, message, details: [replayText(cell)] };
}

function clauseOutcome(cell: JudgedCell, clause: ClauseRecord): JudgementOutcome {
  switch (clause.state) {
    case 'broken':
      return {
        is: 'failed',
        message: `${clause.check} ${clause.title}: ${countText(clause)} under ${cell.under}`,
        details: [...evidenceOf(clause), replayText(cell)],
      };
    case 'expected': {
      const { deviation } = clause;
      const why =
        deviation === null
          ? ''
          : ` (${deviation.id} until ${deviation.expires}: ${deviation.because})`;
      return {
        is: 'skipped',
        because: `broken as a known deviation says${why}: ${countText(clause)}`,
      };
    }
    case 'undecided':
      return { is: 'skipped', because: `undecided: ${clause.reason}` };
    default:
      return cell.verdict === 'inconclusive' || cell.verdict === 'error'
        ? { is: 'skipped', because: 'not seen, in a cell that is not decided' }
        : passed;
  }
}

function countText({ count, exposure, rate }: ClauseRecord): string {
  return `${whole(count)} of ${whole(exposure)} (${percent(rate)})`;
}

const eventsShown = 12;

function evidenceOf({ id, witnesses }: ClauseRecord): readonly string[] {
  const [witness] = witnesses;
  if (witness === undefined) return [`claim: ${id}`];
  const events = witness.events.slice(0, eventsShown);
  return [
    `claim: ${id}`,
    `witness: ${witness.subject}: ${witness.note}`,
    ...events.map(({ timeNs, kind, actor, message, text }) =>
      [`${(timeNs / 1e6).toFixed(3)} ms`, kind, actor, message, text]
        .filter((part) => part !== '')
        .join('  '),
    ),
    ...(events.length < witness.eventsTotal
      ? [`${events.length} of ${witness.eventsTotal} events`]
      : []),
  ];
}

function replayText({ replay }: Pick<CellRecord, 'replay'>): string {
  return `replay: ${replay}`;
}

/** Only a planted defect has to show in every run; see the gate. */
function controlJudgement({
  scenario,
  engine,
  control,
  shows,
  outcome,
}: ControlOutcome): Judgement {
  const missed = `${shows.join(' or ')} did not show`;
  const outcomes: Readonly<Record<ControlOutcome['outcome'], JudgementOutcome>> = {
    shown: passed,
    'not-run': { is: 'skipped', because: 'no cell of this run could show it' },
    'not-shown': control.startsWith('planted ')
      ? { is: 'open', code: 'control', message: missed, details: [] }
      : { is: 'skipped', because: missed },
  };
  return {
    group: `controls of ${scenario}`,
    name: `${engine}, ${control}`,
    tookNs: 0,
    outcome: outcomes[outcome],
  };
}

function thresholdJudgement(record: ThresholdRecord): Judgement {
  const message = figureText(record);
  return {
    group: 'thresholds',
    name: [record.threshold, record.cell].filter((part) => part !== '').join(' in '),
    tookNs: 0,
    outcome: record.isMet ? passed : { is: 'failed', message, details: [] },
  };
}

function targetJudgements({ engine, clauses, targets }: FidelityRecord): readonly Judgement[] {
  const says = new Map(clauses.map((clause) => [clause.id, clause]));
  return targets.flatMap((target): readonly Judgement[] => {
    const group = `${engine} on ${target.name}`;
    if (target.status === 'unsupported') {
      return [
        {
          group,
          name: 'the target',
          tookNs: 0,
          outcome: { is: 'skipped', because: target.reason },
        },
      ];
    }
    if (target.status === 'failed') {
      const { code, message, hint } = target.error;
      const details = [`fix: ${hint}`, replayText(target)];
      return [
        { group, name: 'the target', tookNs: 0, outcome: { is: 'open', code, message, details } },
      ];
    }
    return target.answers.map((answer) => ({
      group,
      name: `${answer.clause} ${says.get(answer.clause)?.says ?? ''}`.trimEnd(),
      tookNs: answer.tookNs,
      outcome: answerOutcome(answer, says.get(answer.clause)?.source ?? '', target.replay),
    }));
  });
}

function answerOutcome(
  answer: ClauseAnswerRecord,
  source: string,
  replay: string,
): JudgementOutcome {
  const { verdict, deviation, request } = answer;
  if (verdict === 'kept') return passed;
  if (verdict === 'not-modelled')
    return { is: 'skipped', because: `not modelled: ${answer.answer}` };
  if (isExcused(answer)) {
    return { is: 'skipped', because: `known deviation ${deviation?.id ?? ''}: ${answer.answer}` };
  }
  const details = [`request: ${request}`, `clause: ${source}`, `replay: ${replay}`];
  const message = answer.answer;
  return verdict === 'deviates'
    ? { is: 'failed', message, details }
    : { is: 'open', code: verdict, message, details };
}
