import { ExitCode, worstExitCode } from '../core/exit-codes.ts';
import { plural } from '../core/plural.ts';
import { isExcused } from '../record/fidelity-questions.ts';
import type {
  AskedTarget,
  ClauseAnswerRecord,
  FidelityRecord,
  TargetRecord,
} from '../record/fidelity-schema.ts';
import type { RunRecord } from '../record/schema.ts';
import type { FailOn } from './gate.ts';
import { exitCodeOf } from './recorded-code.ts';
import { shortList } from './short-list.ts';

interface Fact {
  readonly kind: FailOn | 'error' | 'interrupted';
  readonly exitCode: ExitCode;
  readonly reason: string;
}

/**
 * The exit code of a run that asked targets clause by clause. What a target does otherwise than the document says is a
 * broken claim, unless it is a known deviation; what it does not model breaks nothing.
 */
export function fidelityOutcome(
  records: readonly FidelityRecord[],
  interrupted: boolean,
  failOn: readonly FailOn[],
): RunRecord['outcome'] {
  const all = [
    ...(interrupted ? [interruption] : []),
    ...records.flatMap(({ engine, targets }) => targets.flatMap((one) => factsOf(engine, one))),
    ...(records.some(isAsked) ? [] : [nobodyAsked]),
  ];
  const counted = all.filter(
    ({ kind }) => kind === 'error' || kind === 'interrupted' || failOn.some((one) => one === kind),
  );
  if (counted.length === 0) return { exitCode: ExitCode.kept, reason: keptReason(records) };
  const exitCode = worstExitCode(counted.map((one) => one.exitCode));
  const deciding = counted.filter((one) => one.exitCode === exitCode);
  return { exitCode, reason: shortList(deciding.map(({ reason }) => reason)) };
}

const interruption: Fact = {
  kind: 'interrupted',
  exitCode: ExitCode.interrupted,
  reason: 'interrupted; the record holds what was answered',
};

const nobodyAsked: Fact = {
  kind: 'inconclusive',
  exitCode: ExitCode.inconclusive,
  reason: 'no target was asked',
};

function isAsked({ targets }: FidelityRecord): boolean {
  return targets.some(({ status }) => status === 'asked');
}

function factsOf(engine: string, target: TargetRecord): readonly Fact[] {
  const where = `${engine} on ${target.name}`;
  if (target.status === 'failed') {
    const { code } = target.error;
    return [{ kind: 'error', exitCode: exitCodeOf(code), reason: `${where} failed with ${code}` }];
  }
  if (target.status === 'unsupported') {
    const reason = `${where}: ${target.reason}`;
    return [{ kind: 'unsupported', exitCode: ExitCode.inconclusive, reason }];
  }
  return answerFacts(where, target);
}

function answerFacts(where: string, { answers }: AskedTarget): readonly Fact[] {
  const listed = (of: (one: ClauseAnswerRecord) => boolean): string =>
    answers.filter(of).map(nameOf).join(', ');
  const fact = (kind: FailOn, exitCode: ExitCode, what: string, names: string): readonly Fact[] =>
    names === '' ? [] : [{ kind, exitCode, reason: `${where} ${what} ${names}` }];
  const isNew =
    (verdict: 'deviates' | 'inconclusive') =>
    (one: ClauseAnswerRecord): boolean =>
      one.verdict === verdict && !isExcused(one);
  const { violated, inconclusive } = ExitCode;
  return [
    ...fact('violated', violated, 'deviates from', listed(isNew('deviates'))),
    ...fact('inconclusive', inconclusive, 'leaves open', listed(isNew('inconclusive'))),
    ...fact(
      'unsupported',
      inconclusive,
      'does not model',
      listed(({ verdict }) => verdict === 'not-modelled'),
    ),
  ];
}

function nameOf({ clause, deviation }: ClauseAnswerRecord): string {
  return deviation?.expired === true
    ? `${clause} (deviation ${deviation.id} expired on ${deviation.expires})`
    : clause;
}

function keptReason(records: readonly FidelityRecord[]): string {
  const asked = records
    .flatMap(({ targets }) => targets)
    .filter((target) => target.status === 'asked');
  const answers = asked.flatMap((target) => target.answers);
  const count = (of: (one: ClauseAnswerRecord) => boolean): number => answers.filter(of).length;
  const kept = count(({ verdict }) => verdict === 'kept');
  const also: readonly (readonly [number, string])[] = [
    [count((one) => one.verdict === 'deviates' && isExcused(one)), 'deviate as known (XFAIL)'],
    [
      count((one) => one.verdict === 'kept' && one.deviation !== null),
      'kept against a known deviation (XPASS)',
    ],
    [
      count((one) => one.verdict === 'deviates' && !isExcused(one)),
      'deviate, which --fail-on leaves out',
    ],
    [count(({ verdict }) => verdict === 'not-modelled'), 'not modelled'],
    [count(({ verdict }) => verdict === 'inconclusive'), 'inconclusive'],
  ];
  return [
    `${plural(kept, 'clause')} kept on ${plural(asked.length, 'target')}`,
    ...also.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`),
  ].join('; ');
}
