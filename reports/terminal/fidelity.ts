import type { RunRecord } from '../../harness/record/schema.ts';
import {
  type AnswerShown,
  fidelityOf,
  type FidelityTable,
  keptAgainst,
  remarkable,
  tallyOf,
} from '../model/fidelity.ts';
import { stateGlyph } from '../model/words.ts';
import type { ReportOptions } from '../report.ts';
import type { Ink, Span } from './ink.ts';
import { stateRole } from './matrix.ts';
import { tableLines } from './table.ts';

/** Answers that a compact report tells in words; the table has the verdict of each. */
const answersTold = 8;

/** The targets of an engine side by side, clause by clause, and below the table what those that differ answered. */
export function fidelityLines(record: RunRecord, ink: Ink, options: ReportOptions): string[] {
  return fidelityOf(record).flatMap((table, at) => [
    ...(at === 0 ? [] : ['']),
    ...tableOf(table, ink, options),
    ...answersOf(table, ink, options),
  ]);
}

function tableOf(table: FidelityTable, ink: Ink, { columns: width }: ReportOptions): string[] {
  const { engine, document, targets, silent, groups } = table;
  const columns = [
    { titles: [ink.span(engine.toUpperCase(), 'heading')], align: 'left' as const },
    ...targets.map(({ name }) => ({
      titles: [ink.span(name, 'strong')],
      align: 'left' as const,
    })),
  ];
  const rows = groups.flatMap(({ name, rows: inGroup }): Span[][] => [
    [ink.span(name, 'strong'), ...targets.map(() => ink.span(''))],
    ...inGroup.map(({ clause, answers }) => [
      ink.span(`  ${clause.id}`),
      ...answers.map((one) =>
        one === undefined
          ? ink.span('· not asked', 'muted')
          : ink.span(`${stateGlyph[one.state]} ${one.word}`, stateRole[one.state]),
      ),
    ]),
  ]);
  const muted = (text: string): string => ink.paint(ink.span(text, 'muted'));
  return [
    ...tableLines(ink, columns, rows, width),
    muted(`  clauses of ${document}`),
    ...targets.map((target) => muted(`  ${target.name}: ${target.title}, ${tallyOf(target)}`)),
    ...silent.map(({ name, why }) =>
      ink.paint(ink.span(`! ${name} says nothing: ${why}`, 'error')),
    ),
  ];
}

function answersOf(table: FidelityTable, ink: Ink, options: ReportOptions): string[] {
  const all = remarkable(table);
  const told = options.detail === 'full' ? all : all.slice(0, answersTold);
  const lines = told.flatMap((one) => answerLines(table.engine, one, ink));
  if (told.length < all.length) {
    lines.push(`  ${told.length} of ${all.length} answers shown; the html report has all`);
  }
  for (const { clause, target, answer } of keptAgainst(table)) {
    const text = `! ${table.engine} on ${target} kept ${clause.id} against ${answer.deviation?.id}: is that out of date?`;
    lines.push(ink.paint(ink.span(text, 'unclaimed')));
  }
  return lines;
}

function answerLines(engine: string, shown: AnswerShown, ink: Ink): string[] {
  const { clause, target, answer, state, word } = shown;
  const { deviation } = answer;
  const known = deviation === null ? '' : ` (${deviation.id}, until ${deviation.expires})`;
  const put = (text: string): string => `      ${ink.paint(ink.span(text))}`;
  const heading = `  ${stateGlyph[state]} ${word}: ${engine} on ${target}, ${clause.id}${known}`;
  return [
    ink.paint(ink.span(heading, stateRole[state])),
    put(clause.says),
    put(`asked     ${answer.request}`),
    put(`answered  ${answer.answer}`),
    put(clause.source),
  ];
}
