import type { Comparison, PromiseChange } from '../../../harness/record/comparison-schema.ts';
import { badge, bullets, note } from '../pieces.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';

const rowsShown = 100;

/** Clauses that came out otherwise than before; absent where none did. */
export function changedPromisesSection({ promises }: Comparison): SafeHtml {
  if (promises.length === 0) return nothing;
  const shown = promises.slice(0, rowsShown);
  const left =
    shown.length < promises.length ? `${shown.length} of ${promises.length} changes shown.` : '';
  return html`<section id="promises" aria-labelledby="promises-h"><h2 id="promises-h">Promises that changed</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Promises that changed"><table><thead><tr><th scope="col">Profile, scenario</th><th scope="col">Clause</th><th scope="col">Base</th><th scope="col">Head</th><th scope="col">Outcome</th></tr></thead>
<tbody>${shown.map(rowOf)}</tbody></table></div>${note(left)}</section>`;
}

function rowOf({ profile, scenario, check, base, head, isBroken }: PromiseChange): SafeHtml {
  return html`<tr><th scope="row">${profile} <small class="sub">${scenario}</small></th><td>${check}</td><td>${base ?? 'not judged'}</td><td>${head}</td><td>${isBroken ? badge('broken') : nothing}</td></tr>`;
}

/** Cells that could not be compared, and why. */
export function leftOutSection({ leftOut }: Comparison): SafeHtml {
  if (leftOut.length === 0) return nothing;
  const items = leftOut.map(({ what, reason }) => `${what}: ${reason}`);
  return html`<section id="left-out" aria-labelledby="left-out-h"><h2 id="left-out-h">Left out</h2>${bullets(items, rowsShown)}</section>`;
}
