import type { Comparison } from '../../harness/record/comparison-schema.ts';
import type { Ranking } from '../../harness/record/ranking-schema.ts';
import { page } from './document.ts';
import { html, nothing, type SafeHtml } from './safe-html.ts';
import { figuresSection } from './sections/compared-figures.ts';
import { changedPromisesSection, leftOutSection } from './sections/compared-promises.ts';
import { sideBySideSection } from './sections/side-by-side.ts';

/** Two runs beside each other: what became of the promises and of the figures, and what was left out. */
export function comparisonPage(comparison: Comparison): string {
  const { base, head, outcome } = comparison;
  const body = framed(
    html`Exit ${outcome.exitCode}: ${outcome.reason}`,
    html`<dl class="facts">
<div><dt>Base</dt><dd>${base.id}, started ${base.startedAt}, Ackmark ${base.ackmark}</dd></div>
<div><dt>Head</dt><dd>${head.id}, started ${head.startedAt}, Ackmark ${head.ackmark}</dd></div>
</dl>${testbedNote(comparison)}`,
    html`${changedPromisesSection(comparison)}${figuresSection(comparison)}${leftOutSection(comparison)}`,
  );
  return page(`Ackmark: ${base.id} and ${head.id} compared`, body);
}

/** The profiles of one run beside each other. */
export function rankingPage(ranking: Ranking): string {
  const section = sideBySideSection(ranking);
  const body = framed(
    html`Profiles of run ${ranking.run} side by side`,
    nothing,
    section === nothing ? html`<p>No two profiles of this run were timed.</p>` : section,
  );
  return page(`Ackmark: run ${ranking.run} side by side`, body);
}

function framed(heading: SafeHtml, facts: SafeHtml, sections: SafeHtml): SafeHtml {
  return html`<a class="skip" href="#main">Skip to the results</a>
<header class="top"><div class="wrap">
<p class="brand"><b>Ackmark</b> · What is an acknowledgement worth?</p>
<h1>${heading}</h1>${facts}
</div></header>
<main id="main" class="wrap">${sections}</main>
<footer><div class="wrap">No script, no requests: this file shows what it holds.</div></footer>`;
}

function testbedNote({ testbed, rows }: Comparison): SafeHtml {
  if (testbed.length === 0) return nothing;
  const what =
    rows.length === 0
      ? 'Figures are not compared.'
      : 'Figures are compared because it was asked for.';
  const differences = testbed.map(({ what: trait, base, head }) => `${trait}: ${base} → ${head}`);
  return html`<p class="not"><b>Unlike machines.</b> ${what} ${differences.join('; ')}</p>`;
}
