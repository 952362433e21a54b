import type { RunRecord } from '../../harness/record/schema.ts';
import { atTheAnswers } from '../model/search.ts';
import type { Reporter } from '../report.ts';
import { page } from './document.ts';
import { html, nothing } from './safe-html.ts';
import { cellsSection } from './sections/cells.ts';
import { controlsSection } from './sections/controls.ts';
import { fidelitySection } from './sections/fidelity.ts';
import { findingsSection } from './sections/findings.ts';
import { gapsSection } from './sections/gaps.ts';
import { header, navigation, type PageSection } from './sections/header.ts';
import { latencySection } from './sections/latency.ts';
import { matrixSection } from './sections/matrix.ts';
import { methodSection } from './sections/method.ts';
import { overTimeSection } from './sections/over-time.ts';
import { priceSection } from './sections/price.ts';
import { sideBySideSection } from './sections/side-by-side.ts';
import { runSection } from './sections/run.ts';
import { searchSection } from './sections/search.ts';
import { textbookSection } from './sections/textbook.ts';
import { thresholdsSection } from './sections/thresholds.ts';
import { windowsSection } from './sections/windows.ts';
import { type View, viewOf } from './view.ts';

/** One file without script: it opens from disk, prints, and follows the reader's colour scheme. */
export const htmlReporter: Reporter = { id: 'html', extension: 'html', render: renderHtml };

async function renderHtml(record: RunRecord): Promise<string> {
  const view = viewOf(record);
  // Points on the way to an answer are rows of its table, not cells among others.
  const sections = await sectionsOf(view, viewOf(atTheAnswers(record)));
  const body = html`<a class="skip" href="#main">Skip to the results</a>
${header(view)}
${navigation(sections)}
<main id="main" class="wrap">
${sections.map(({ content }) => html`${content}\n`)}</main>
<footer><div class="wrap">Ackmark ${record.ackmark}, run ${record.id}. No script, no requests: this file shows what it holds.</div></footer>`;
  return page(`Ackmark: ${view.headline.word}, run ${record.id}`, body);
}

/** Those that have something to say. */
async function sectionsOf(whole: View, view: View): Promise<readonly PageSection[]> {
  const all: readonly PageSection[] = [
    { id: 'textbook', label: 'Textbook', content: textbookSection(view) },
    { id: 'fidelity', label: 'Clause by clause', content: fidelitySection(view) },
    { id: 'capacity', label: 'Capacity', content: await searchSection(whole) },
    { id: 'promises', label: 'Promises', content: matrixSection(view) },
    { id: 'gaps', label: 'Gaps', content: gapsSection(view) },
    { id: 'price', label: 'Price', content: priceSection(view) },
    { id: 'side-by-side', label: 'Side by side', content: sideBySideSection(view.ranking) },
    { id: 'thresholds', label: 'Thresholds', content: thresholdsSection(view) },
    { id: 'latency', label: 'Latency', content: await latencySection(view) },
    { id: 'over-time', label: 'Through the faults', content: await overTimeSection(view) },
    { id: 'phases', label: 'By phase', content: windowsSection(view) },
    { id: 'findings', label: 'Findings', content: findingsSection(whole) },
    { id: 'controls', label: 'Controls', content: controlsSection(view) },
    { id: 'cells', label: 'Cells', content: cellsSection(view) },
    { id: 'run', label: 'Run', content: runSection(view) },
    { id: 'method', label: 'Method and limits', content: methodSection(view) },
  ];
  // A run that asked clause by clause has no cells: what is about cells has nothing to say.
  const isAsked = view.record.fidelity.length > 0;
  return all.filter(
    ({ id, content }) => content !== nothing && (!isAsked || ['fidelity', 'run'].includes(id)),
  );
}
