import type { WitnessRecord } from '../../../harness/record/schema.ts';
import { duration, plural } from '../../text/numbers.ts';
import { capped, visible } from '../../text/visible.ts';
import { html, nothing, type SafeHtml } from '../safe-html.ts';
import { shownOf } from '../view.ts';
import { note } from '../pieces.ts';

const lanesShown = 6;
const laneHeight = 30;
const left = 118;
const stepWidth = 66;

type Event = WitnessRecord['events'][number];

/** The few events that prove a finding: one lane per actor, in order of time, and the same as a table. */
export function timeline(
  witness: WitnessRecord,
  cellStartedNs: number,
  eventsLimit: number,
): SafeHtml {
  const events = witness.events.slice(0, eventsLimit);
  if (events.length === 0) return note('No event of this message was kept.');
  return html`${lanes(events)}${eventTable(events, cellStartedNs)}${note(shownOf(events.length, witness.eventsTotal, 'events'))}`;
}

function lanes(events: readonly Event[]): SafeHtml {
  const everyone = [...new Set(events.map((event) => event.actor))];
  const named = everyone.length > lanesShown ? everyone.slice(0, lanesShown - 1) : everyone;
  const actors = named.length < everyone.length ? [...named, 'others'] : named;
  const laneOf = (actor: string): number =>
    named.includes(actor) ? named.indexOf(actor) : actors.length - 1;
  const width = left + events.length * stepWidth + 6;
  const height = actors.length * laneHeight + 24;
  const x = (at: number): number => left + at * stepWidth + stepWidth / 2;
  const y = (event: Event): number => 24 + (laneOf(event.actor) + 0.5) * laneHeight;
  const laneLines = actors.map((actor, at) => {
    const middle = 24 + (at + 0.5) * laneHeight;
    return html`<text x="0" y="${middle + 4}">${capped(visible(actor), 17)}</text><line class="lane" x1="${left}" x2="${width}" y1="${middle}" y2="${middle}"/>`;
  });
  const path = events.map((event, at) => `${at === 0 ? 'M' : 'L'}${x(at)},${y(event)}`).join('');
  const gaps = events.map((event, at) => {
    const before = events[at - 1];
    if (before === undefined) return html`<text class="gap" x="${x(at)}" y="12">start</text>`;
    const delta = `+${duration(event.timeNs - before.timeNs)}`;
    return html`<text class="gap" x="${x(at)}" y="12">${delta}</text>`;
  });
  const dots = events.map(
    (event, at) =>
      html`<circle class="e ${kindClass(event.kind)}" cx="${x(at)}" cy="${y(event)}" r="9"/><text class="nr" x="${x(at)}" y="${y(event) + 3.5}">${at + 1}</text>`,
  );
  return html`<svg class="lanes" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Order of the ${plural(events.length, 'event')} in the table below, a lane for each actor; distances are not to scale"><path class="path" d="${path}"/>${laneLines}${gaps}${dots}</svg>`;
}

function kindClass(kind: string): string {
  if (kind.startsWith('fault') || kind.startsWith('crash')) return 'e-fault';
  if (kind === 'send.invoke') return 'e-send';
  if (kind.startsWith('send.')) return 'e-reply';
  if (kind.startsWith('deliver')) return 'e-deliver';
  return kind.startsWith('settle') || kind.startsWith('process') ? 'e-settle' : '';
}

function eventTable(events: readonly Event[], cellStartedNs: number): SafeHtml {
  const firstNs = events[0]?.timeNs ?? 0;
  const located = events.some(({ origin }) => origin !== '');
  const rows = events.map((event, at) => {
    const since = at === 0 ? '0' : `+${duration(event.timeNs - firstNs)}`;
    return html`<tr><td>${at + 1}</td><td>${duration(event.timeNs - cellStartedNs)}</td><td>${since}</td><td>${event.kind}</td><td>${event.actor}</td><td>${event.message}</td><td>${event.text}</td>${located ? html`<td>${event.origin}</td>` : nothing}</tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Events of the witness"><table class="events"><thead><tr><th scope="col">#</th><th scope="col">in the cell at</th><th scope="col">after #1</th><th scope="col">event</th><th scope="col">actor</th><th scope="col">message</th><th scope="col">what</th>${located ? html`<th scope="col">from</th>` : nothing}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
