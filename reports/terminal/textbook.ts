import type { RunRecord } from '../../harness/record/schema.ts';
import type { SideRecord } from '../../harness/record/textbook-schema.ts';
import { type SentenceShown, textbookOf, verdictState, verdictWord } from '../model/textbook.ts';
import { stateGlyph } from '../model/words.ts';
import type { ReportOptions, Role } from '../report.ts';
import type { Ink } from './ink.ts';
import { stateRole } from './matrix.ts';

const seenShown = 3;
const margin = '      ';
const roleColumns = 11;

/** The sentences that were on trial, one after another: verdict, numbers, control. */
export function textbookLines(record: RunRecord, ink: Ink, options: ReportOptions): string[] {
  if (record.textbook.length === 0) return [];
  const { asked, unasked, tally } = textbookOf(record);
  const heading = ink.paint(ink.span('TEXTBOOK', 'heading'));
  const lines = asked.flatMap((sentence) => sentenceLines(sentence, ink, options));
  if (unasked.length > 0) {
    const ids = unasked.map(({ id }) => id).join(', ');
    lines.push(ink.paint(ink.span(`  – not run: ${ids}`, 'muted')));
  }
  return [`${heading}  ${ink.paint(ink.span(tally))}`, ...lines];
}

function sentenceLines(shown: SentenceShown, ink: Ink, options: ReportOptions): string[] {
  const { id, text, verdict, because, untried } = shown.sentence;
  const state = verdictState[verdict];
  const word = `${stateGlyph[state]} ${verdictWord[verdict].toUpperCase()}`;
  const put = (words: string, role?: Role, hanging = 0): string[] =>
    folded(words, options.columns - margin.length, hanging).map(
      (line) => `${margin}${ink.paint(ink.span(line, role))}`,
    );
  const isSettled = ['held', 'held-reference-only', 'measured'].includes(verdict);
  const isFull = options.detail === 'full';
  return [
    `  ${ink.paint(ink.span(word, stateRole[state]))}  ${ink.paint(ink.span(because, 'muted'))}`,
    ...put(`${id}. ${text}`, 'strong'),
    ...shown.trials
      .flatMap(({ sides }) => sides)
      .flatMap(({ role, side }) => [
        ...put(sideText(role, side), undefined, roleColumns),
        ...(isFull || !isSettled ? replayLines(side, ink) : []),
      ]),
    ...(isFull && untried.length > 0 ? put(`not tried: ${untried.join('; ')}`, 'muted') : []),
  ];
}

function sideText(role: string, { profile, scenario, seen }: SideRecord): string {
  const told = seen.slice(0, seenShown).join('; ');
  return `${role.padEnd(roleColumns)}${profile}/${scenario}: ${told}`;
}

/** On one line, to be copied. Of what held it is in the HTML report. */
function replayLines({ replay }: SideRecord, ink: Ink): string[] {
  if (replay === '') return [];
  return [`${margin}${ink.paint(ink.span(`${'replay'.padEnd(roleColumns)}${replay}`))}`];
}

/** Words in lines of so many columns; all but the first are indented. */
function folded(text: string, columns: number, hanging: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > columns && line.trim() !== '') {
      lines.push(line);
      line = `${' '.repeat(hanging)}${word}`;
    } else line = longer;
  }
  return [...lines, line];
}
