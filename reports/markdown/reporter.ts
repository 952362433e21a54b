import type { RunRecord } from '../../harness/record/schema.ts';
import { plural, significant, whole } from '../text/numbers.ts';
import { askedText } from '../text/asked.ts';
import { chosenRows } from '../model/chosen-rows.ts';
import { caveatsOf } from '../model/caveats.ts';
import { headlineOf } from '../model/headline.ts';
import { type Judgement, judgementsOf } from '../model/judgements.ts';
import { type MatrixCell, matrixOf } from '../model/matrix.ts';
import { type Percentiles, type PriceTable, priceTablesOf } from '../model/price.ts';
import { remarksOf } from '../model/remarks.ts';
import { stateGlyph, stateWord } from '../model/words.ts';
import type { Reporter } from '../report.ts';
import { codeBlock, inline, tableOf } from './safe-markdown.ts';

const rowsShown = 40;
const scenariosShown = 12;
const tablesShown = 6;
const failuresShown = 20;
const caveatsShown = 20;
const seenShown = 2;

/** What a run says, short enough for a comment or for `$GITHUB_STEP_SUMMARY`. */
export const markdown: Reporter = { id: 'markdown', extension: 'md', render: renderMarkdown };

function renderMarkdown(record: RunRecord): string {
  const { state, word, sentence } = headlineOf(record);
  const { exitCode, reason } = record.outcome;
  const blocks = [
    `## ${stateGlyph[state]} ${word}: ${inline(sentence)}`,
    `Exit code ${exitCode}: ${inline(reason)}`,
    ...matrixBlocks(record),
    ...failureBlocks(judgementsOf(record)),
    ...priceBlocks(record),
    ...caveatBlocks(record),
    codeBlock([record.command]),
    `Ackmark ${inline(record.ackmark)}, run ${inline(record.id)}, seed ${record.seed}, ${inline(record.host.cpu)}, ${plural(record.host.cores, 'core')}.`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

function matrixBlocks(record: RunRecord): readonly string[] {
  const { scenarios, rows } = matrixOf(record);
  if (rows.length === 0) return [];
  const shown = chosenRows(rows, rowsShown);
  const titles = scenarios.slice(0, scenariosShown);
  const cut = [
    ...(shown.length < rows.length ? [`${shown.length} of ${rows.length} profiles.`] : []),
    ...(titles.length < scenarios.length
      ? [`${titles.length} of ${scenarios.length} scenarios.`]
      : []),
  ];
  return [
    tableOf(
      ['Profile', ...titles.map(inline)],
      shown.map(({ name, cells }) => [
        inline(name),
        ...cells.slice(0, scenariosShown).map(cellText),
      ]),
    ),
    ...(cut.length > 0 ? [cut.join(' ')] : []),
  ];
}

function cellText(cell: MatrixCell | undefined): string {
  if (cell === undefined) return '';
  const seen = remarksOf(cell)
    .flatMap(({ anomalies }) => anomalies)
    .map(({ check, count, exposure }) => `${check} ${whole(count)} of ${whole(exposure)}`);
  const more = seen.length > seenShown ? [`+${seen.length - seenShown}`] : [];
  const told = [...seen.slice(0, seenShown), ...more];
  return inline([`${stateGlyph[cell.state]} ${stateWord[cell.state]}`, ...told].join('; '));
}

function failureBlocks(judgements: readonly Judgement[]): readonly string[] {
  const failed = judgements.filter(({ outcome }) => outcome.is === 'failed');
  if (failed.length === 0) return [];
  const shown = failed.slice(0, failuresShown);
  return [
    '### What failed',
    ...shown.flatMap(({ group, name, outcome }) =>
      outcome.is === 'failed'
        ? [
            `- ${inline(group)}: ${inline(name)}: ${inline(outcome.message)}`,
            ...(outcome.details.length > 0 ? [codeBlock(outcome.details)] : []),
          ]
        : [],
    ),
    ...(shown.length < failed.length ? [`${shown.length} of ${failed.length} failures.`] : []),
  ];
}

function priceBlocks(record: RunRecord): readonly string[] {
  const tables = priceTablesOf(record).filter(({ rows }) => rows.length > 0);
  const shown = tables.slice(0, tablesShown);
  return [
    ...shown.flatMap(priceTable),
    ...(shown.length < tables.length ? [`${shown.length} of ${tables.length} price tables.`] : []),
  ];
}

const priceTitles = [
  'Profile',
  'Verdict',
  'msg/s',
  'publish p50 ms',
  'p99',
  'end to end p50 ms',
  'p99',
  'client CPU µs/msg',
  'broker CPU µs/msg',
];

function priceTable(table: PriceTable): readonly string[] {
  const rows = table.rows.slice(0, rowsShown);
  return [
    `### Price: ${inline(table.scenario)}, ${inline(askedText(table))}`,
    tableOf(
      priceTitles,
      rows.map((row) => [
        inline(row.name),
        `${stateGlyph[row.verdict]} ${stateWord[row.verdict]}`,
        significant(row.achievedRatePerSecond),
        ...latencyTexts(row.publish),
        ...latencyTexts(row.endToEnd),
        significant(row.clientCpuMicrosPerMessage),
        row.brokerCpuMicrosPerMessage === undefined
          ? '–'
          : significant(row.brokerCpuMicrosPerMessage),
      ]),
    ),
    ...(rows.length < table.rows.length
      ? [`${rows.length} of ${table.rows.length} profiles.`]
      : []),
  ];
}

function latencyTexts(percentiles: Percentiles | undefined): readonly [string, string] {
  if (percentiles === undefined) return ['–', '–'];
  const { p50Ns, tail } = percentiles;
  return [significant(p50Ns / 1e6), tail === undefined ? 'late' : significant(tail.p99Ns / 1e6)];
}

function caveatBlocks(record: RunRecord): readonly string[] {
  const caveats = caveatsOf(record);
  if (caveats.length === 0) return [];
  const shown = caveats.slice(0, caveatsShown);
  return [
    '### What weakens it',
    shown.map(({ text }) => `- ${inline(text)}`).join('\n'),
    ...(shown.length < caveats.length ? [`${shown.length} of ${caveats.length} remarks.`] : []),
  ];
}
