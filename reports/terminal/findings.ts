import type { RunRecord, WitnessRecord } from '../../harness/record/schema.ts';
import type { CellState } from '../model/matrix.ts';
import { type Finding, findingsOf } from '../model/findings.ts';
import { witnessTerms } from '../model/witness.ts';
import { stateGlyph } from '../model/words.ts';
import type { ReportOptions } from '../report.ts';
import { duration, percent, whole } from '../text/numbers.ts';
import type { Ink } from './ink.ts';
import { stateRole } from './matrix.ts';

const brokenShown = 3;
const eventsShown = { compact: 5, full: 12 } as const;

/** Broken claims with their evidence; in full detail everything else that was seen as well. */
export function findingLines(record: RunRecord, ink: Ink, options: ReportOptions): string[] {
  const full = options.detail === 'full';
  const all = findingsOf(record).filter((finding) => full || finding.kind === 'broken');
  const shown = full ? all : all.slice(0, brokenShown);
  const lines = shown.flatMap((finding) => one(finding, ink, options));
  if (shown.length < all.length) {
    lines.push(`  ${shown.length} of ${all.length} broken claims shown; the html report has all`);
  }
  return lines;
}

const kindWords: Readonly<Record<Finding['kind'], readonly [CellState, string]>> = {
  broken: ['broken', 'BROKEN'],
  expected: ['expected', 'EXPECTED'],
  should: ['unclaimed', 'SHOULD NOT HAPPEN'],
  unclaimed: ['unclaimed', 'UNCLAIMED'],
  possible: ['unclaimed', 'POSSIBLE'],
};

function one({ cell, clause, kind }: Finding, ink: Ink, options: ReportOptions): string[] {
  const [state, word] = kindWords[kind];
  const paint = (text: string): string => ink.paint(ink.span(text));
  const lines = [
    `${ink.paint(ink.span(`${stateGlyph[state]} ${word}`, stateRole[state]))}  ${paint(
      `${cell.id}: ${clause.check} ${clause.title}`,
    )}`,
    `    seen     ${paint(countText(clause))}`,
  ];
  const claims = claimLines(cell, clause);
  lines.push(...claims.map(([term, text]) => `    ${term} ${paint(text)}`));
  const [witness] = clause.witnesses;
  if (witness !== undefined) lines.push(...witnessLines(witness, cell.startedNs, ink, options));
  lines.push(`    replay   ${paint(cell.replay)}`);
  return lines;
}

/** Under which clause of which claim it counts, and what excuses it. */
function claimLines(
  cell: Finding['cell'],
  clause: Finding['clause'],
): (readonly [string, string])[] {
  const { obligation, id, deviation } = clause;
  const lines: (readonly [string, string])[] = [];
  if (obligation !== 'may') {
    const claim = `${id} under ${cell.under} (${cell.claimSource})`;
    lines.push(['claim   ', obligation === 'must' ? claim : `${claim}: should not happen`]);
  }
  if (deviation !== null) {
    const { id: issue, expires, expired, because } = deviation;
    const term = expired ? `expired on ${expires}` : `until ${expires}`;
    lines.push(['deviates', `${issue}, ${term}: ${because}`]);
  }
  return lines;
}

function countText(clause: Finding['clause']): string {
  const classes = Object.entries(clause.classes)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${whole(count)} ${name}`)
    .join(', ');
  const possible = clause.possible > 0 ? `, ${whole(clause.possible)} more possible` : '';
  const of = `${whole(clause.count)} of ${whole(clause.exposure)} (${percent(clause.rate)})`;
  return `${of}${possible}${classes === '' ? '' : `; ${classes}`}`;
}

function witnessLines(
  witness: WitnessRecord,
  cellStartedNs: number,
  ink: Ink,
  options: ReportOptions,
): string[] {
  const origin = witness.events[0]?.timeNs ?? 0;
  const shown = witness.events.slice(0, eventsShown[options.detail]);
  const paint = (text: string): string => ink.paint(ink.span(text));
  const lines = shown.map((event) => {
    const sinceOrigin = event.timeNs - origin;
    const when =
      sinceOrigin === 0 ? `at ${duration(origin - cellStartedNs)}` : `+${duration(sinceOrigin)}`;
    const from = event.origin === '' ? '' : `  [${event.origin}]`;
    // What befell a neighbour must not be read as if it had befallen the message itself.
    const of = event.message === witness.message || event.message === '' ? '' : `${event.message} `;
    const text = `${when.padStart(10)}  ${event.kind}  ${event.actor}  ${of}${event.text}${from}`;
    return `            ${paint(text)}`;
  });
  const more = witness.eventsTotal - shown.length;
  const events = more > 0 ? `; ${shown.length} of ${witness.eventsTotal} events` : '';
  const terms = witnessTerms(witness, cellStartedNs).map(([term, text]) => `${term} ${text}`);
  return [
    `    witness  ${paint(`${witness.subject}: ${witness.note}${events}`)}`,
    ...(terms.length > 0 ? [`             ${paint(terms.join('; '))}`] : []),
    ...lines,
  ];
}
