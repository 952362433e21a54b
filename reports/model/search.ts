import { median } from '../../harness/core/statistics/median.ts';
import type { RunRecord } from '../../harness/record/schema.ts';
import type {
  PointFigures,
  PointOutcome,
  SearchPoint,
  SearchRecord,
} from '../../harness/record/search-schema.ts';
import { plural, whole } from '../text/numbers.ts';

/** All runs of a search at one rate. Figures are medians over them. */
export interface CurveRow {
  readonly ratePerSecond: number;
  readonly runs: number;
  readonly outcome: PointOutcome;
  readonly isAnswer: boolean;
  readonly figures: PointFigures | undefined;
  /** Why the last run that did not meet the objective did not; empty: all did. */
  readonly reason: string;
  readonly replay: string;
}

/** Rising rates; what the latency does on the way up is the curve. */
export function curveRows(search: SearchRecord): readonly CurveRow[] {
  const rates = [...new Set(search.points.map(({ ratePerSecond }) => ratePerSecond))];
  return rates
    .toSorted((a, b) => a - b)
    .map((rate) =>
      rowOf(
        search.points.filter(({ ratePerSecond }) => ratePerSecond === rate),
        rate,
        answerOf(search),
      ),
    );
}

function rowOf(
  runs: readonly SearchPoint[],
  ratePerSecond: number,
  answer: number | undefined,
): CurveRow {
  const known = runs.flatMap(({ figures }) => figures ?? []);
  const failed = runs.findLast(({ outcome }) => outcome !== 'met');
  const met = runs.filter(({ outcome }) => outcome === 'met').length;
  return {
    ratePerSecond,
    runs: runs.length,
    outcome: met * 2 > runs.length ? 'met' : (failed?.outcome ?? 'met'),
    isAnswer: ratePerSecond === answer,
    figures: known.length === 0 ? undefined : medianFigures(known),
    reason: failed?.reasons.map(({ text }) => text).join('; ') ?? '',
    replay: runs[0]?.replay ?? '',
  };
}

function medianFigures(all: readonly PointFigures[]): PointFigures {
  const of = (figure: (figures: PointFigures) => number): number => median(all.map(figure));
  const ofKnown = (figure: (figures: PointFigures) => number | null): number | null => {
    const values = all.flatMap((figures) => figure(figures) ?? []);
    return values.length === 0 ? null : median(values);
  };
  return {
    achievedRatePerSecond: of((figures) => figures.achievedRatePerSecond),
    deliveredRatePerSecond: of((figures) => figures.deliveredRatePerSecond),
    publishP99Ns: of((figures) => figures.publishP99Ns),
    endToEndP50Ns: of((figures) => figures.endToEndP50Ns),
    endToEndP99Ns: of((figures) => figures.endToEndP99Ns),
    endToEndP999Ns: of((figures) => figures.endToEndP999Ns),
    backlogPerSecond: ofKnown((figures) => figures.backlogPerSecond),
    clientCpuMicrosPerMessage: of((figures) => figures.clientCpuMicrosPerMessage),
    brokerCpuMicrosPerMessage: ofKnown((figures) => figures.brokerCpuMicrosPerMessage),
  };
}

/** The rate that was found, or that is carried at least. */
export function answerOf({ result }: SearchRecord): number | undefined {
  return result.is === 'found' || result.is === 'at-least' ? result.ratePerSecond : undefined;
}

type AtLeast = Extract<SearchRecord['result'], { is: 'at-least' }>;

export type AnswerState = 'found' | 'open' | 'missed';

export function answerState({ result }: SearchRecord): AnswerState {
  if (result.is === 'found') return 'found';
  return result.is === 'none' ? 'missed' : 'open';
}

/** The answer as a sentence, with what it rests on. */
export function answerText({ result, confirmations }: SearchRecord): string {
  switch (result.is) {
    case 'found':
      return `${whole(result.ratePerSecond)} messages a second: ${confirmations} of ${plural(confirmations, 'confirming run')} met the objective; missed at ${whole(result.missedAtPerSecond)}`;
    case 'at-least':
      return `at least ${whole(result.ratePerSecond)} messages a second${missedText(result)}: ${
        result.because === 'undecided' ? `${nothingTold(result)} nothing tells of the engine: ` : ''
      }${result.reason}`;
    case 'none':
      return `missed also at ${whole(result.missedAtPerSecond)} messages a second, the lowest rate tried`;
    case 'stopped':
      return `no answer: ${stopText[result.because]}${boundsText(result)}${result.reason === '' ? '' : `: ${result.reason}`}`;
  }
}

function missedText({ missedAtPerSecond: missed }: AtLeast): string {
  return missed === null ? '' : `, missed at ${whole(missed)}`;
}

function nothingTold({ missedAtPerSecond }: AtLeast): string {
  return missedAtPerSecond === null ? 'above it' : 'between them';
}

const stopText = {
  points: 'the runs that were allowed are used up',
  time: 'the time that was allowed is used up',
  interrupted: 'it was interrupted',
  errors: 'a cell could not be run',
  undecided: 'no run tells anything of the engine',
  contradicted: 'its own curve says otherwise',
} as const;

function boundsText(bounds: {
  readonly metAtPerSecond: number | null;
  readonly missedAtPerSecond: number | null;
}): string {
  const met = bounds.metAtPerSecond;
  const missed = bounds.missedAtPerSecond;
  const parts = [
    ...(met === null ? [] : [`met at ${whole(met)}, not confirmed`]),
    ...(missed === null ? [] : [`missed at ${whole(missed)}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

/** Ids of all cells that are points of a search. */
export function pointCells({ searches }: RunRecord): readonly string[] {
  return searches.flatMap(({ points }) => points.map(({ cell }) => cell));
}

/**
 * What a report shows of the cells of a search beside its curve: the confirming runs at each answer, and what was run
 * besides the search. All others are points on the way to it.
 */
export function atTheAnswers(record: RunRecord): RunRecord {
  if (record.searches.length === 0) return record;
  const ids = new Set(
    record.searches.flatMap((search) =>
      search.points
        .filter(
          ({ purpose, ratePerSecond }) =>
            purpose === 'confirm' && ratePerSecond === answerOf(search),
        )
        .map(({ cell }) => cell),
    ),
  );
  const points = new Set(pointCells(record));
  const cells = record.cells.filter(({ id }) => !points.has(id) || ids.has(id));
  const left = record.cells.length - cells.length;
  return { ...record, cells, cellsPlanned: record.cellsPlanned - left };
}
