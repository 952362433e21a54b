import type { RunRecord } from '../../../harness/record/schema.ts';
import { isForeign } from '../../model/cells.ts';
import { bytes, plural, significant } from '../../text/numbers.ts';
import { definitions, note } from '../pieces.ts';
import { html, type SafeHtml } from '../safe-html.ts';
import { limits, shownOf, type View } from '../view.ts';

const sourceText = {
  flag: 'command line',
  file: 'suite file',
  default: 'default',
} as const;

/** Where the run happened and where each of its settings came from. */
export function runSection({ record }: View): SafeHtml {
  const { host } = record;
  const shown = record.configuration.slice(0, limits.configuration);
  const rows = shown.map(
    ({ key, value, from }) =>
      html`<tr><th scope="row">${key}</th><td><code>${value}</code></td><td>${sourceText[from]}</td></tr>`,
  );
  return html`<section id="run" aria-labelledby="run-h"><h2 id="run-h">The run</h2>
<h3>Environment</h3>${definitions([
    ['Machine', `${host.cpu}, ${plural(host.cores, 'core')}, ${bytes(host.memoryBytes)}`],
    ['System', host.os],
    ['Node.js', host.node],
    ['Load average at the start', significant(host.loadAverage)],
  ])}
<h3>Settings and where they came from</h3>
<div class="scroll" tabindex="0" role="region" aria-label="Settings"><table><thead><tr><th scope="col">Setting</th><th scope="col">Value</th><th scope="col">From</th></tr></thead><tbody>${rows}</tbody></table></div>
${note(shownOf(shown.length, record.configuration.length, 'settings'))}
<h3>Data</h3><p>${dataText(record)}</p></section>`;
}

function dataText(record: RunRecord): SafeHtml {
  const version = `schema version ${record.schemaVersion}`;
  return isForeign(record)
    ? html`This page is made from the record that <code>ackmark check --json</code> prints of the history, ${version}, and holds nothing that the record does not.`
    : html`This page is made from <code>run.json</code> beside it, ${version}, and holds nothing that the file does not.`;
}
