import type { Answer, Candidate, Choice } from '../../harness/choose/choose.ts';
import type { RunRecord } from '../../harness/record/schema.ts';
import { type BurdenRow, burdensOf } from '../model/burden.ts';
import { type PriceRow, priceTablesOf } from '../model/price.ts';
import { stateGlyph } from '../model/words.ts';
import type { ReportOptions, Role } from '../report.ts';
import { duration, plural, significant, whole } from '../text/numbers.ts';
import { type Ink, inkFor, type Span } from './ink.ts';
import { stateRole } from './matrix.ts';
import { tableLines } from './table.ts';

const rowsShown = 24;
const refusedShown = 8;
const cellsShown = 3;

const priceTitles = ['msg/s', 'e2e p99', 'client µs', 'broker µs'];
/** What it asks of whoever operates it, as far as a run on one machine can tell. */
const burdenTitles = ['start', 'nodes', 'RSS MB', 'disk MB', 'settings'];

const answerWords: Readonly<Record<Answer['is'], { readonly text: string; readonly role?: Role }>> =
  {
    kept: { text: `${stateGlyph.kept} kept`, role: stateRole.kept },
    broken: { text: `${stateGlyph.broken} broken`, role: stateRole.broken },
    declared: { text: 'declared' },
    undecided: { text: `${stateGlyph.inconclusive} not shown`, role: stateRole.inconclusive },
    'not-offered': { text: stateGlyph.unsupported, role: 'muted' },
  };

/** The way through the tree, who meets the needs, and the cells that say so. */
export function choiceText(
  choice: Choice,
  record: RunRecord | undefined,
  options: ReportOptions,
): string {
  const ink = inkFor(options);
  const heading = (name: string, rest: string): string =>
    `${ink.paint(ink.span(name, 'heading'))}  ${ink.paint(ink.span(rest))}`;
  const offering = choice.candidates.filter(({ standing }) => standing !== 'not-offered');
  const shown = options.detail === 'full' ? offering : offering.slice(0, rowsShown);
  const from = record === undefined ? 'no run was read: nothing is shown' : `run ${record.id}`;
  const sections = [
    treeLines(choice, ink),
    [
      heading('WHO', `${whoText(offering.length, choice.candidates.length)} · ${from}`),
      ...(shown.length > 0 ? table(shown, record, ink, options) : []),
      ...(shown.length < offering.length
        ? [`  ${shown.length} of ${offering.length} profiles shown`]
        : []),
    ],
    evidenceLines(shown, ink),
    refusedLines(choice, ink),
  ].filter((lines) => lines.length > 0);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** What an engine here does not do, its system may all the same. */
function whoText(offering: number, all: number): string {
  if (offering > 0) return `${plural(offering, 'profile')} that offer all of it here`;
  return `none of the ${whole(all)} profiles here offers all of it, which says nothing of what their systems could do`;
}

function treeLines({ asked, family }: Choice, ink: Ink): string[] {
  const lines = asked.map(({ question, by }) => {
    const answer = `  ${question.ask} yes (${by.join(', ')}): a ${question.family}, because ${question.because}`;
    return ink.paint(ink.span(answer));
  });
  const others = asked.filter(({ question }) => question.family !== family);
  if (others.length > 0) {
    const also = [...new Set(others.map(({ question }) => question.family))].join(' and ');
    lines.push(
      ink.paint(
        ink.span(
          `  The first yes decides; what is needed speaks for a ${also} too: see who meets both.`,
          'strong',
        ),
      ),
    );
  }
  const answer =
    family === undefined
      ? 'nothing that is needed tells a log, a queue and a broker apart: take the cheapest that keeps it'
      : `a ${family}`;
  return [
    `${ink.paint(ink.span('ANSWER', 'heading'))}  ${ink.paint(ink.span(answer, 'strong'))}`,
    ...lines,
  ];
}

function table(
  candidates: readonly Candidate[],
  record: RunRecord | undefined,
  ink: Ink,
  options: ReportOptions,
): string[] {
  const needs = Object.keys(candidates[0]?.answers ?? {});
  const prices = record === undefined ? new Map<string, PriceRow>() : pricesOf(record);
  const isPriced = candidates.some(({ name }) => prices.has(name));
  const burdens = burdensOf(record?.cells ?? []);
  const isStarted = candidates.some(({ name }) => burdens.has(name));
  const titles = [
    '  profile',
    'family',
    ...needs,
    ...(isPriced ? priceTitles : []),
    ...(isStarted ? burdenTitles : []),
  ];
  return tableLines(
    ink,
    titles.map((title, at) => ({
      titles: [ink.span(title, 'muted')],
      align: at < needs.length + 2 ? 'left' : 'right',
    })),
    candidates.map(({ name, family, answers }) => [
      ink.span(`  ${name}`),
      ink.span(family),
      ...Object.values(answers).map(({ is }) =>
        ink.span(answerWords[is].text, answerWords[is].role),
      ),
      ...(isPriced ? priceSpans(prices.get(name), ink) : []),
      ...(isStarted ? burdenSpans(burdens.get(name), ink) : []),
    ]),
    options.columns,
  );
}

/** Of the scenario that most profiles have a price in: figures of unlike loads do not stand side by side. */
function pricesOf(record: RunRecord): ReadonlyMap<string, PriceRow> {
  const [most] = priceTablesOf(record).toSorted((a, b) => b.rows.length - a.rows.length);
  return new Map(most?.rows.map((row) => [row.name, row]) ?? []);
}

function priceSpans(row: PriceRow | undefined, ink: Ink): Span[] {
  if (row === undefined) return priceTitles.map(() => ink.span('–', 'muted'));
  return [
    ink.span(significant(row.achievedRatePerSecond)),
    ink.span(row.endToEnd?.tail === undefined ? '–' : duration(row.endToEnd.tail.p99Ns)),
    ink.span(significant(row.clientCpuMicrosPerMessage)),
    ink.span(
      row.brokerCpuMicrosPerMessage === undefined
        ? '–'
        : significant(row.brokerCpuMicrosPerMessage),
    ),
  ];
}

function burdenSpans(row: BurdenRow | undefined, ink: Ink): Span[] {
  if (row === undefined) return burdenTitles.map(() => ink.span('–', 'muted'));
  const megabytes = (bytes: number): string => (bytes === 0 ? '–' : significant(bytes / 1e6));
  return [
    duration(row.startMs * 1e6),
    whole(row.nodes),
    megabytes(row.rssBytes),
    megabytes(row.dataBytes),
    whole(row.settings),
  ].map((text) => ink.span(text));
}

function evidenceLines(candidates: readonly Candidate[], ink: Ink): string[] {
  const lines = candidates.flatMap(({ name, answers }) =>
    Object.entries(answers).flatMap(([need, answer]) => {
      const why = whyText(answer);
      return why === '' ? [] : [ink.paint(ink.span(`  ${name}  ${need}: ${why}`))];
    }),
  );
  return lines.length === 0 ? [] : [ink.paint(ink.span('EVIDENCE', 'heading')), ...lines];
}

function whyText(answer: Answer): string {
  switch (answer.is) {
    case 'kept':
      return `kept in ${cellsText(answer.cells)}`;
    case 'broken':
      return `${answer.checks.join(', ')} broken in ${cellsText(answer.cells)}`;
    default:
      return '';
  }
}

function cellsText(cells: readonly string[]): string {
  const shown = cells.slice(0, cellsShown).join(', ');
  return cells.length > cellsShown ? `${shown} (${cellsShown} of ${cells.length})` : shown;
}

function refusedLines({ candidates }: Choice, ink: Ink): string[] {
  const refused = candidates.filter(({ standing }) => standing === 'not-offered');
  if (refused.length === 0) return [];
  const names = refused.slice(0, refusedShown).map(({ name, answers }) => {
    const lacks = Object.entries(answers).filter(([, { is }]) => is === 'not-offered');
    return `${name} (${lacks.map(([need]) => need).join(', ')})`;
  });
  const more =
    refused.length > refusedShown
      ? `; ${refusedShown} of ${refused.length} shown, all with --json`
      : '';
  return [
    `${ink.paint(ink.span('NOT OFFERED HERE', 'heading'))}  ${ink.paint(ink.span(`${names.join('; ')}${more}`, 'muted'))}`,
  ];
}
