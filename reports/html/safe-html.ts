import { invariant } from '../../harness/core/errors.ts';
import { capped, visible } from '../text/visible.ts';

/** Markup that this file has made or checked; nothing else can become part of the document. */
class Markup {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}
export type SafeHtml = Markup;

export type HtmlValue = SafeHtml | readonly SafeHtml[] | string | number | undefined;

const textLimit = 2_000;

/**
 * The only way to write markup. Strings are untrusted whatever they are: control and direction marks are
 * made visible, long ones capped, and everything that could end text or a quoted attribute escaped.
 * Attributes must be quoted in the template.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): SafeHtml {
  let markup = '';
  for (const [at, part] of parts.entries()) {
    markup += part;
    if (at < values.length) markup += markupOf(values[at]);
  }
  return new Markup(markup);
}

export const nothing: SafeHtml = new Markup('');

function markupOf(value: HtmlValue): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.toString();
  if (typeof value === 'object') return value.map(String).join('');
  return escaped(visible(capped(String(value), textLimit)));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

const forbiddenInChart = [
  '<script',
  'style=',
  '<style',
  'href',
  ' id=',
  ' on',
  'foreignObject',
  '<!',
];

/**
 * A chart that Vega rendered from numbers and from words of this project; names from outside never enter
 * one. The check would catch a Vega that starts to emit what the document's policy forbids.
 */
export function chartMarkup(svg: string, description: string): SafeHtml {
  invariant(svg.startsWith('<svg'), 'a chart is not an SVG document');
  const found = forbiddenInChart.find((forbidden) => svg.includes(forbidden));
  invariant(found === undefined, `a chart contains ${found}`);
  const named = html`<svg role="img" aria-label="${description}"`.toString();
  return new Markup(named + compact(svg).slice('<svg'.length));
}

/** What is so without saying it; a chart's text has the font of the page. */
const idle: readonly string[] = [
  ' font-family="system-ui, sans-serif"',
  ' stroke-width="1"',
  ' opacity="1"',
  ' pointer-events="none"',
  ' xmlns:xlink="http://www.w3.org/1999/xlink"',
  ' aria-roledescription="group mark container"',
  '<path class="foreground" aria-hidden="true" d="" display="none"/>',
  '<path class="background" aria-hidden="true" d="M0,0h0v0h0Z"/>',
];

/** Without what has no effect, and with coordinates to a hundredth of a pixel: half the size. */
function compact(svg: string): string {
  const busy = idle.reduce((left, part) => left.replaceAll(part, ''), svg);
  return busy.replace(/\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100));
}

/** The style sheet is a constant of this project; its hash stands in the document's policy. */
export function styleMarkup(css: string): SafeHtml {
  invariant(!css.includes('</'), 'the style sheet would end its element');
  return new Markup(css);
}
