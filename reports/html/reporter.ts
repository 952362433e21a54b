import type { RunRecord } from '../../harness/record/schema.ts';
import type { Reporter } from '../report.ts';
import { page } from './document.ts';
import { html } from './safe-html.ts';
import { cellsSection } from './sections/cells.ts';
import { controlsSection } from './sections/controls.ts';
import { findingsSection } from './sections/findings.ts';
import { header, navigation } from './sections/header.ts';
import { latencySection } from './sections/latency.ts';
import { matrixSection } from './sections/matrix.ts';
import { methodSection } from './sections/method.ts';
import { overTimeSection } from './sections/over-time.ts';
import { priceSection } from './sections/price.ts';
import { runSection } from './sections/run.ts';
import { viewOf } from './view.ts';

/** One file without script: it opens from disk, prints, and follows the reader's colour scheme. */
export const htmlReporter: Reporter = { id: 'html', extension: 'html', render: renderHtml };

async function renderHtml(record: RunRecord): Promise<string> {
  const view = viewOf(record);
  const latency = await latencySection(view);
  const overTime = await overTimeSection(view);
  const body = html`<a class="skip" href="#main">Skip to the results</a>
${header(view)}
${navigation()}
<main id="main" class="wrap">
${matrixSection(view)}
${priceSection(view)}
${latency}
${overTime}
${findingsSection(view)}
${controlsSection(view)}
${cellsSection(view)}
${runSection(view)}
${methodSection(view)}
</main>
<footer><div class="wrap">Ackmark ${record.ackmark}, run ${record.id}. No script, no requests: this file shows what it holds.</div></footer>`;
  return page(`Ackmark: ${view.headline.word}, run ${record.id}`, body);
}
