import { fewestRounds } from '../../../harness/compare/few-rounds.ts';
import type { MetricId } from '../../../harness/record/comparison-schema.ts';
import type {
  LevelStep,
  Ranking,
  RankingTable,
  UnrankedProfile,
} from '../../../harness/record/ranking-schema.ts';
import {
  estimateIn,
  metricWords,
  type ShownMetric,
  shownMetrics,
} from '../../comparison/metric-words.ts';
import {
  aboutTable,
  exclusionWords,
  factorText,
  ranklessLines,
  roundsText,
} from '../../comparison/ranking-words.ts';
import { badge, bullets, note } from '../pieces.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';
import { limits } from '../view.ts';

const tablesShown = 6;
const stepsShown = 12;
/** Of the medians of latency the table above tells enough. */
const stepMetrics: readonly MetricId[] = [
  'throughput',
  'publish-p99',
  'e2e-p99',
  'client-cpu',
  'broker-cpu',
];

/** Profiles beside each other; absent where there are no two that were timed. */
export function sideBySideSection(ranking: Ranking): SafeHtml {
  const { tables, steps, notRanked, by } = ranking;
  const profiles = [...tables.flatMap(({ rows }) => rows), ...notRanked];
  if (new Set(profiles.map(({ profile }) => profile)).size < 2) return nothing;
  const shown = tables.slice(0, tablesShown);
  return html`<section id="side-by-side" aria-labelledby="side-by-side-h"><h2 id="side-by-side-h">Side by side</h2>
<p class="lead">Profiles are compared with those that promise as much, claim to survive the same faults of the broker in this run, and were asked for the same rate. Ranked by ${metricWords[by].name}; profiles share a rank unless they differ significantly, and a rank takes ${fewestRounds} valid rounds. Medians of the valid rounds with 95 % intervals.</p>
${shown.map(tableOf)}${note(ofAll(shown.length, tables.length, 'tables'))}${withoutRank(shown)}
${stepsOf(steps)}${notRankedOf(notRanked)}</section>`;
}

function tableOf(table: RankingTable): SafeHtml {
  const rows = table.rows.slice(0, limits.rows);
  const shown = shownMetrics(rows);
  const about = `${table.level}: ${aboutTable(table)}`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${table.level} in ${table.scenario}"><table><caption>${about}</caption>
<thead><tr><th scope="col">Profile</th><th scope="col" class="n">Rank</th><th scope="col">Verdict</th><th scope="col" class="n">Valid rounds</th>${shown.map(headOf)}</tr></thead>
<tbody>${rows.map((row) => rowOf(row, shown))}</tbody></table></div>${note(ofAll(rows.length, table.rows.length, 'profiles'))}`;
}

/** Once for all tables: in most runs it is the same for each. */
function withoutRank(tables: readonly RankingTable[]): SafeHtml {
  const items = new Set(tables.flatMap(({ rows }) => ranklessLines(rows.slice(0, limits.rows))));
  return items.size === 0 ? nothing : bullets([...items], limits.rows);
}

function headOf({ metric, unit }: ShownMetric): SafeHtml {
  return html`<th scope="col" class="n">${metricWords[metric].short}, ${unit.name}</th>`;
}

function rowOf(
  { profile, rank, rounds, figures }: RankingTable['rows'][number],
  shown: readonly ShownMetric[],
): SafeHtml {
  const cells = shown.map(({ metric, unit }) => {
    const figure = figures[metric];
    return figure === undefined
      ? html`<td class="n"><small>–</small></td>`
      : html`<td class="n">${estimateIn(unit, figure)}</td>`;
  });
  return html`<tr><th scope="row">${profile}</th><td class="n">${rank ?? '–'}</td><td>${badge('kept')}</td><td class="n">${roundsText(rounds)}</td>${cells}</tr>`;
}

function stepsOf(steps: readonly LevelStep[]): SafeHtml {
  if (steps.length === 0) return nothing;
  const rows = steps.slice(0, stepsShown);
  const shown = stepMetrics.filter((metric) =>
    rows.some(({ factors }) => factors[metric] !== undefined),
  );
  return html`<h3>What the next level costs</h3><div class="scroll" tabindex="0" role="region" aria-label="What the next level costs"><table><caption>Factors of the same engine at the same load, with 95 % intervals where the rounds suffice.</caption>
<thead><tr><th scope="col">From → to</th><th scope="col">Scenario</th>${shown.map((metric) => html`<th scope="col" class="n">${metricWords[metric].short}</th>`)}</tr></thead>
<tbody>${rows.map((step) => stepRow(step, shown))}</tbody></table></div>${note(ofAll(rows.length, steps.length, 'steps'))}`;
}

function stepRow(
  { from, to, levels, scenario, factors }: LevelStep,
  shown: readonly MetricId[],
): SafeHtml {
  const cells = shown.map((metric) => {
    const change = factors[metric];
    return html`<td class="n">${change === undefined ? '–' : factorText(change)}</td>`;
  });
  return html`<tr><th scope="row">${from} → ${to} <small class="sub">${levels.from} → ${levels.to}</small></th><td>${scenario}</td>${cells}</tr>`;
}

function notRankedOf(profiles: readonly UnrankedProfile[]): SafeHtml {
  if (profiles.length === 0) return nothing;
  const items = profiles.map(({ profile, scenario, why, reasons }) => {
    const because = [...new Set(reasons)].join('; ') || 'no reason was recorded';
    return `${profile} in ${scenario}, ${exclusionWords[why]}: ${because}`;
  });
  return html`<h3>Not ranked</h3>${bullets(items, limits.rows)}`;
}

function ofAll(shown: number, total: number, what: string): string {
  return shown < total
    ? `${shown} of ${total} ${what} shown; ackmark compare --by engine shows all.`
    : '';
}
