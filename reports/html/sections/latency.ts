import type { JudgedCell, PerformanceFigures } from '../../../harness/record/schema.ts';
import { groupBy, isControl, isJudged, profileName } from '../../model/cells.ts';
import { duration, plural } from '../../text/numbers.ts';
import { type Curve, curveOf } from '../charts/histogram.ts';
import { logDomain, type PercentileLine, percentileChart } from '../charts/percentiles.ts';
import { legend, seriesLimit } from '../charts/series-style.ts';
import { note } from '../pieces.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';
import { shownOf, type View } from '../view.ts';

const scenariosShown = 2;

interface Series {
  readonly series: number;
  readonly name: string;
  readonly valid: boolean;
  readonly rounds: readonly PerformanceFigures[];
  readonly publish: Curve;
  readonly endToEnd: Curve;
}

/** The whole distribution, one line per profile: where the tail begins is the reader's to see. */
export async function latencySection(view: View): Promise<SafeHtml> {
  const timed = view.record.cells
    .filter(isJudged)
    .filter((cell) => !isControl(cell) && cell.performance.status !== 'untimed');
  const scenarios = [...groupBy(timed, (cell) => cell.scenario)];
  const figures: SafeHtml[] = [];
  for (const [scenario, cells] of scenarios.slice(0, scenariosShown)) {
    figures.push(await scenarioFigures(scenario, cells));
  }
  if (figures.length === 0) return nothing;
  return html`<section id="latency" aria-labelledby="latency-h"><h2 id="latency-h">Latency by percentile</h2>
<p class="lead">Each nine takes the same room on the horizontal axis. A line ends where the sample is too small to say more. Both plots share one vertical scale.</p>
${figures}
${note(shownOf(figures.length, scenarios.length, 'timed scenarios'))}</section>`;
}

async function scenarioFigures(scenario: string, cells: readonly JudgedCell[]): Promise<SafeHtml> {
  const profiles = [...groupBy(cells, profileName)];
  const series = profiles
    .slice(0, seriesLimit)
    .map(([name, rounds], at) => seriesOf(name, rounds, at));
  const drawn = series.flatMap(({ publish, endToEnd }) => [publish, endToEnd]);
  const domain = logDomain(
    drawn.flatMap((curve) => (curve.status === 'drawn' ? curve.points.map(({ ms }) => ms) : [])),
  );
  const draw = async (plane: 'publish' | 'endToEnd', title: string, what: string) => {
    const lines = series.flatMap((one): PercentileLine[] => {
      const curve = one[plane];
      return curve.status === 'drawn' ? [{ series: one.series, points: curve.points }] : [];
    });
    const caption = html`<figcaption><b>${title}</b><span>${scenario}: ${what}</span></figcaption>`;
    const chart =
      lines.length === 0
        ? note('Nothing was measured.')
        : await percentileChart(
            lines,
            domain,
            `${title}: ${plural(lines.length, 'line')}, percentile against milliseconds`,
          );
    return html`<figure>${caption}${chart}${legend(series.map((one) => legendItem(one, plane)))}${dataTable(series, plane)}</figure>`;
  };
  const publish = await draw(
    'publish',
    'Publish response time',
    'from the due instant to the acknowledgement',
  );
  const endToEnd = await draw(
    'endToEnd',
    'End-to-end response time',
    'from the due instant to the first delivery',
  );
  return html`<div class="pair">${publish}${endToEnd}</div>${note(shownOf(series.length, profiles.length, 'profiles'))}`;
}

function seriesOf(name: string, cells: readonly JudgedCell[], series: number): Series {
  const valid = cells.filter((cell) => cell.performance.status === 'valid');
  const chosen = valid.length > 0 ? valid : cells;
  const rounds = chosen.flatMap(({ performance }) =>
    performance.status === 'untimed' ? [] : [performance.figures],
  );
  return {
    series,
    name,
    valid: valid.length > 0,
    rounds,
    publish: curveOf(rounds.map((figures) => figures.publishResponse)),
    endToEnd: curveOf(rounds.map((figures) => figures.endToEndResponse)),
  };
}

function legendItem({ series, name, valid, ...curves }: Series, plane: 'publish' | 'endToEnd') {
  const notes = [
    valid ? '' : 'invalid measurement',
    curves[plane].status === 'empty' ? 'no reply to measure' : '',
    curves[plane].status === 'unreadable' ? 'histogram unreadable' : '',
  ].filter((text) => text !== '');
  return { series, label: name, note: notes.join(', ') };
}

function dataTable(series: readonly Series[], plane: 'publish' | 'endToEnd'): SafeHtml {
  const response = plane === 'publish' ? 'publishResponse' : 'endToEndResponse';
  const service = plane === 'publish' ? 'publishService' : 'endToEndService';
  const rows = series.flatMap(({ name, rounds }) =>
    rounds.slice(0, 5).map((figures, round) => {
      const all = figures[response];
      if (all.count === 0) return nothing;
      const label = rounds.length > 1 ? `${name}, round ${round + 1}` : name;
      const cells = [
        all.p50Ns,
        all.p90Ns,
        all.p99Ns,
        all.p999Ns,
        all.maxNs,
        figures[service].p99Ns,
      ];
      return html`<tr><th scope="row">${label}</th>${cells.map((ns) => html`<td class="n">${duration(ns)}</td>`)}</tr>`;
    }),
  );
  return html`<details><summary>Data</summary><div class="in"><div class="scroll"><table><thead><tr><th scope="col">Profile</th><th scope="col" class="n">p50</th><th scope="col" class="n">p90</th><th scope="col" class="n">p99</th><th scope="col" class="n">p99.9</th><th scope="col" class="n">max</th><th scope="col" class="n">service p99</th></tr></thead><tbody>${rows}</tbody></table></div><p class="note">Service time starts when the message was handed to the client, not when it was due.</p></div></details>`;
}
