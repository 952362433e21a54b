import type { RunRecord } from '../../harness/record/schema.ts';
import { caveatsOf } from '../model/caveats.ts';
import { fidelityFigures } from '../model/fidelity.ts';
import { type Headline, headlineOf, systemsText } from '../model/headline.ts';
import { atTheAnswers } from '../model/search.ts';
import { stateGlyph } from '../model/words.ts';
import type { Reporter, ReportOptions } from '../report.ts';
import { duration, plural } from '../text/numbers.ts';
import { backlogLines } from './backlog.ts';
import { fidelityLines } from './fidelity.ts';
import { findingLines } from './findings.ts';
import { gapLines } from './gaps.ts';
import { type Ink, inkFor } from './ink.ts';
import { limitLines } from './limits.ts';
import { matrixLines, stateRole } from './matrix.ts';
import { priceLines } from './price.ts';
import { searchLines } from './search.ts';
import { textbookLines } from './textbook.ts';
import { thresholdLines } from './thresholds.ts';

/** Verdict, failures with evidence, numbers, caveats, next step: in that order, about a screenful. */
export const terminal: Reporter = { id: 'terminal', extension: 'txt', render: renderTerminal };

function renderTerminal(record: RunRecord, options: ReportOptions): string {
  const ink = inkFor(options);
  const shown = atTheAnswers(record);
  const sections = [
    verdictLines(record, ink),
    fidelityLines(record, ink, options),
    findingLines(record, ink, options),
    searchLines(record, ink, options),
    matrixLines(shown, ink, options),
    gapLines(shown, ink, options),
    priceLines(shown, ink, options),
    backlogLines(shown, ink, options),
    limitLines(shown, ink, options),
    thresholdLines(record, ink, options),
    textbookLines(record, ink, options),
    caveatLines(shown, ink, options),
    nextLines(record, ink, options),
  ];
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function verdictLines(record: RunRecord, ink: Ink): string[] {
  const headline = headlineOf(record);
  const { state } = headline;
  const isAsked = record.fidelity.length > 0;
  const label = ink.span(`${stateGlyph[state]} ${headline.word.toUpperCase()}`, stateRole[state]);
  const about = [
    ...(isAsked
      ? [plural(fidelityFigures(record).targets, 'target')]
      : [
          plural(headline.profiles, 'profile'),
          plural(headline.scenarios, 'scenario'),
          cellsText(headline),
        ]),
    duration(record.tookNs),
    `seed ${record.seed}`,
  ];
  const ranOn = systemsText(record);
  return [
    `${ink.paint(label)}  ${ink.paint(ink.span(headline.sentence, 'strong'))}`,
    ...(ranOn === '' ? [] : [ink.paint(ink.span(`  on ${ranOn}`))]),
    ink.paint(ink.span(`  ${isAsked ? answersText(record) : statesText(headline)}`)),
    ink.paint(
      ink.span(`  ${about.join(' · ')} · ackmark ${record.ackmark} · run ${record.id}`, 'muted'),
    ),
  ];
}

function answersText(record: RunRecord): string {
  const figures = fidelityFigures(record);
  return [
    `answers: ${figures.kept} kept, ${figures.deviating} deviate`,
    `${figures.known} deviate as known`,
    `${figures.notModelled} not modelled`,
    `${figures.inconclusive} inconclusive`,
  ].join(', ');
}

function cellsText({ cells, cellsPlanned }: Headline): string {
  return cells === cellsPlanned ? plural(cells, 'cell') : `${cells} of ${cellsPlanned} cells`;
}

function statesText(headline: Headline): string {
  const { states } = headline;
  const rare: readonly (readonly [number, string])[] = [
    [headline.claimsExpected, 'expected to be broken'],
    [headline.claimsOpen, 'left open'],
    [headline.shouldViolated, 'that should not happen'],
  ];
  const clauses = [
    `${headline.claimsKept} kept`,
    `${headline.claimsBroken} broken`,
    ...rare.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`),
    `${headline.unclaimedViolated} unclaimed and violated`,
  ];
  const parts = [`clauses: ${clauses.join(', ')}`];
  const notDecided = (['inconclusive', 'error', 'unsupported'] as const).filter(
    (state) => states[state] > 0,
  );
  if (notDecided.length > 0) {
    parts.push(`cells: ${notDecided.map((state) => `${states[state]} ${state}`).join(', ')}`);
  }
  if (headline.controlsRun > 0) {
    parts.push(`controls: ${headline.controlsShown} of ${headline.controlsRun} shown`);
  }
  return parts.join(' · ');
}

const caveatsShown = 6;

function caveatLines(record: RunRecord, ink: Ink, options: ReportOptions): string[] {
  const caveats = caveatsOf(record);
  const shown = options.detail === 'full' ? caveats : caveats.slice(0, caveatsShown);
  const lines = shown.flatMap(({ text, fix }) => [
    `${ink.paint(ink.span('!', 'unclaimed'))} ${ink.paint(ink.span(text))}`,
    ...(fix === undefined ? [] : [`  fix: ${ink.paint(ink.span(fix))}`]),
  ]);
  if (shown.length < caveats.length) {
    lines.push(`! ${shown.length} of ${caveats.length} caveats shown; the html report has all`);
  }
  return lines;
}

function nextLines(record: RunRecord, ink: Ink, options: ReportOptions): string[] {
  const paint = (text: string): string => ink.paint(ink.span(text));
  const lines = options.written.map(
    ({ format, path }) => `${paint(format.padEnd(7))} ${paint(path)}`,
  );
  lines.push(`repeat  ${paint(record.command)}`);
  lines.push(`exit ${record.outcome.exitCode}  ${paint(record.outcome.reason)}`);
  return lines;
}
