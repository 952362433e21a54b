import { faultDomains } from '../../harness/core/clauses.ts';
import type { ExitCode } from '../../harness/core/exit-codes.ts';
import type { ClauseRecord, RunRecord } from '../../harness/record/schema.ts';
import { plural } from '../text/numbers.ts';
import { fidelityFigures, fidelitySentence } from './fidelity.ts';
import { pointCells } from './search.ts';
import { isControl, isJudged, profileName } from './cells.ts';
import { type CellState, cellStates, stateOf } from './matrix.ts';

/** The words of the run's outcome, by exit code. */
export type HeadlineWord =
  | 'kept'
  | 'nothing claimed'
  | 'broken'
  | 'inconclusive'
  | 'threshold missed'
  | 'not started'
  | 'target unavailable'
  | 'internal error'
  | 'interrupted';

export interface Headline {
  readonly word: HeadlineWord;
  readonly state: CellState;
  readonly sentence: string;
  readonly profiles: number;
  readonly scenarios: number;
  readonly cells: number;
  readonly cellsPlanned: number;
  readonly states: Readonly<Record<CellState, number>>;
  readonly claimsKept: number;
  readonly claimsBroken: number;
  /** Broken as a known deviation says, which excuses them for now. */
  readonly claimsExpected: number;
  /** Seen where the claim says that it should not happen: a warning. */
  readonly shouldViolated: number;
  /** Claims without a counterexample in cells that are inconclusive as a whole: not counted as kept. */
  readonly claimsOpen: number;
  /** Clauses that nobody claimed and that were violated. */
  readonly unclaimedViolated: number;
  readonly controlsShown: number;
  readonly controlsRun: number;
}

export function headlineOf(record: RunRecord): Headline {
  return record.fidelity.length > 0 ? headlineOfTargets(record) : headlineOfCells(record);
}

/** Of a run that put clauses to targets: it has no cells, and its claims are those of a document. */
function headlineOfTargets(record: RunRecord): Headline {
  const { kept, deviating, known, inconclusive, notModelled } = fidelityFigures(record);
  const [word, state] = outcomeWord[record.outcome.exitCode];
  return {
    word,
    state,
    sentence: fixedSentence[word] ?? fidelitySentence(record),
    profiles: 0,
    scenarios: 0,
    cells: 0,
    cellsPlanned: 0,
    states: { ...countStates([]), inconclusive, unsupported: notModelled },
    claimsKept: kept,
    claimsBroken: deviating,
    claimsExpected: known,
    shouldViolated: 0,
    claimsOpen: 0,
    unclaimedViolated: 0,
    controlsShown: 0,
    controlsRun: 0,
  };
}

function headlineOfCells(record: RunRecord): Headline {
  const treatments = record.cells.filter((cell) => !isControl(cell));
  const judged = treatments.filter(isJudged);
  const clauses = judged.flatMap((cell) => cell.clauses);
  const inState = (state: ClauseRecord['state']): number =>
    clauses.filter((clause) => clause.state === state).length;
  const states = countStates(treatments.map(stateOf));
  const run = record.controls.filter((control) => control.outcome !== 'not-run');
  const claimsOpen = judged
    .filter((cell) => cell.verdict === 'inconclusive')
    .flatMap((cell) => cell.clauses.filter(isKept)).length;
  const figures = {
    claimsKept: clauses.filter(isKept).length - claimsOpen,
    claimsBroken: inState('broken'),
    claimsExpected: clauses.filter(isExpected).length,
    claimsOpen,
  };
  const unclaimedViolated = inState('unclaimed-violated');
  const claimed = figures.claimsKept + figures.claimsBroken + figures.claimsExpected;
  const [word, state] =
    record.outcome.exitCode === 0 && claimed === 0
      ? nothingClaimed
      : outcomeWord[record.outcome.exitCode];
  const shown = run.filter((control) => control.outcome === 'shown').length;
  const onlyControls = states.inconclusive === 0 && shown < run.length;
  return {
    word,
    state,
    sentence:
      word === 'inconclusive' && onlyControls
        ? 'A control did not show its anomaly: what was kept beside it proves little'
        : isAnswered(record)
          ? `Search for capacity: ${record.outcome.reason}`
          : word === 'threshold missed'
            ? missedText(record)
            : sentenceOf(word, { ...figures, unclaimedViolated }),
    profiles: new Set(treatments.map(profileName)).size,
    scenarios: new Set(
      (isSearch(record) ? record.searches : treatments).map(({ scenario }) => scenario),
    ).size,
    cells: record.cells.length,
    cellsPlanned: record.cellsPlanned,
    states,
    ...figures,
    shouldViolated: inState('should-violated'),
    unclaimedViolated,
    controlsShown: shown,
    controlsRun: run.length,
  };
}

/** Nothing was run but a search. */
function isSearch(record: RunRecord): boolean {
  const points = new Set(pointCells(record));
  return record.searches.length > 0 && record.cells.every(({ id }) => points.has(id));
}

/** A search that ended on its own has an answer of its own, whatever became of the claims on the way. */
function isAnswered(record: RunRecord): boolean {
  return isSearch(record) && [0, 2, 3].includes(record.outcome.exitCode);
}

function countStates(of: readonly CellState[]): Record<CellState, number> {
  const counted = cellStates.map((state) => [state, of.filter((one) => one === state).length]);
  return Object.fromEntries(counted);
}

const outcomeWord: Readonly<Record<ExitCode, readonly [HeadlineWord, CellState]>> = {
  0: ['kept', 'kept'],
  1: ['broken', 'broken'],
  2: ['inconclusive', 'inconclusive'],
  3: ['threshold missed', 'broken'],
  64: ['not started', 'error'],
  69: ['target unavailable', 'error'],
  70: ['internal error', 'error'],
  130: ['interrupted', 'inconclusive'],
};

const nothingClaimed = ['nothing claimed', 'unclaimed'] as const;

const fixedSentence: Readonly<Partial<Record<HeadlineWord, string>>> = {
  inconclusive: 'The evidence does not decide every promise',
  'not started': 'The run could not be started as asked',
  'target unavailable': 'A target was unavailable',
  'internal error': 'The harness or an engine module failed',
  interrupted: 'The run was interrupted; this is what was recorded until then',
};

/** A search that ends with the same code has no thresholds of its own. */
function missedText({ thresholds }: RunRecord): string {
  const missed = thresholds.filter(({ isMet }) => !isMet).length;
  const text = 'A threshold was missed, or has no figure';
  if (missed === 0 || thresholds.length === 1) return text;
  return `${missed} of ${thresholds.length} thresholds were missed, or have no figure`;
}

type Claims = Pick<
  Headline,
  'claimsKept' | 'claimsBroken' | 'claimsExpected' | 'unclaimedViolated'
>;

function sentenceOf(word: HeadlineWord, claims: Claims): string {
  const fixed = fixedSentence[word];
  if (fixed !== undefined) return fixed;
  const { claimsKept: kept, claimsBroken: broken, claimsExpected: expected } = claims;
  const total = kept + broken + expected;
  const all = `${plural(total, 'claim')} put to the test`;
  if (word === 'broken') return `${broken} of ${all} ${broken === 1 ? 'was' : 'were'} broken`;
  if (broken > 0) return `${broken} of ${all} were broken, and the gate was told to let them pass`;
  if (expected > 0) {
    return `${kept} of ${all} were kept, ${expected} broken as known deviations say`;
  }
  if (kept === 1) return 'The one claim put to the test was kept';
  if (kept > 0) return `All ${all} were kept`;
  const seen = claims.unclaimedViolated;
  if (seen === 0) return 'No claim was put to the test, and no anomaly was seen';
  return `No claim was put to the test, and ${plural(seen, 'anomaly was', 'anomalies were')} seen`;
}

function isKept({ obligation, state }: ClauseRecord): boolean {
  return obligation === 'must' && (state === 'kept' || state === 'unexpectedly-kept');
}

function isExpected({ obligation, state }: ClauseRecord): boolean {
  return obligation === 'must' && state === 'expected';
}

/** What a reader must not conclude from this run, from what it did not do. */
export function limitsOf(record: RunRecord): string[] {
  if (record.fidelity.length > 0) {
    return [
      'The targets are programs that stand for a service here: nothing of this speaks about the service itself.',
      'A kept clause means: one probe was answered as the document says, on this one machine.',
    ];
  }
  const treatments = record.cells.filter((cell) => !isControl(cell));
  const judged = treatments.filter(isJudged);
  const tested = new Set(judged.map((cell) => cell.under));
  const untested = faultDomains.filter((domain) => domain !== 'none' && !tested.has(domain));
  const limits: string[] = [];
  if (untested.length > 0) limits.push(`Not exercised: ${untested.join(', ')}.`);
  const nodes = Math.max(1, ...judged.map((cell) => cell.target.nodes));
  if (judged.some((cell) => cell.target.kind === 'history')) {
    limits.push('A history shows what its writer recorded: of what it left out nothing is known.');
  } else if (nodes === 1)
    limits.push('One node per target: nothing here speaks about replication.');
  if (judged.some((cell) => cell.target.kind === 'embedded')) {
    limits.push('Embedded engines are references for teaching, not products.');
  }
  const ranOn = systemsText(record);
  if (ranOn !== '') {
    limits.push(
      `It ran on ${ranOn}: nothing here speaks about another version, or about a service that one of them stands for.`,
    );
  }
  limits.push('A kept promise means: no counterexample in this many chances, on this one machine.');
  return limits;
}

const systemsShown = 6;

/** What was run on besides engines of our own, with versions; empty: nothing. */
export function systemsText({ cells }: Pick<RunRecord, 'cells'>): string {
  const ours = ['embedded', 'history'];
  const titles = new Set(
    cells
      .filter(isJudged)
      .filter(({ target }) => !ours.includes(target.kind))
      .map(({ target }) => target.title),
  );
  const shown = [...titles].slice(0, systemsShown).join(', ');
  return titles.size > systemsShown ? `${shown} (${systemsShown} of ${titles.size})` : shown;
}
