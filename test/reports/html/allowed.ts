import type { ParsedPage } from './strict-parser.ts';

const global = ['id', 'class', 'role', 'tabindex', 'aria-label', 'aria-labelledby', 'aria-hidden'];
const shape = [
  'class',
  'transform',
  'd',
  'x',
  'y',
  'x1',
  'y1',
  'x2',
  'y2',
  'cx',
  'cy',
  'r',
  'width',
  'height',
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-miterlimit',
  'stroke-linejoin',
  'opacity',
  'text-anchor',
  'font-family',
  'font-size',
  'font-weight',
  'role',
  'aria-label',
  'aria-hidden',
  'aria-roledescription',
  'display',
  'pointer-events',
];
const text = [
  'body',
  'header',
  'nav',
  'main',
  'section',
  'footer',
  'div',
  'p',
  'h1',
  'h2',
  'h3',
  'h4',
  'ul',
  'li',
  'dl',
  'dt',
  'dd',
  'b',
  'small',
  'span',
  'code',
  'br',
  'figure',
  'figcaption',
  'summary',
  'table',
  'caption',
  'thead',
  'tbody',
  'tr',
  'head',
  'title',
  'style',
];

/** Elements of the report and the attributes each may have; neither has a handler, a style or a source. */
const allowed: ReadonlyMap<string, readonly string[]> = new Map([
  ['html', ['lang']],
  ['meta', ['charset', 'name', 'content', 'http-equiv']],
  ['link', ['rel', 'href']],
  ['a', ['href', 'rel', 'class']],
  ['details', ['open']],
  ['td', ['class', 'colspan']],
  ['th', ['class', 'scope', 'colspan']],
  ['svg', [...shape, 'xmlns', 'version', 'viewBox', 'preserveAspectRatio']],
  ...['g', 'path', 'line', 'rect', 'circle', 'text'].map((name) => [name, shape] as const),
  ...text.map((name) => [name, global] as const),
]);

/** What a page holds beyond the allow-list; empty for every record. */
export function transgressions({ elements }: ParsedPage): string[] {
  const found: string[] = [];
  for (const { name, attributes } of elements) {
    const may = allowed.get(name);
    if (may === undefined) {
      found.push(`element ${name}`);
      continue;
    }
    for (const [attribute, value] of attributes) {
      if (!may.includes(attribute)) found.push(`attribute ${name} ${attribute}`);
      if (attribute === 'href' && !allowedAddress(name, value)) found.push(`address ${value}`);
    }
  }
  return found;
}

function allowedAddress(element: string, value: string): boolean {
  if (element === 'link') return value === 'data:,';
  return value.startsWith('#') || value.startsWith('http://') || value.startsWith('https://');
}

/** Ids that are not unique, and links into the page that lead nowhere. */
export function brokenLinks({ elements }: ParsedPage): string[] {
  const ids = new Set<string>();
  const found: string[] = [];
  for (const { attributes } of elements) {
    const id = attributes.get('id');
    if (id === undefined) continue;
    if (ids.has(id) || !/^[A-Za-z0-9._-]+$/.test(id)) found.push(`id ${id}`);
    ids.add(id);
  }
  for (const { attributes } of elements) {
    for (const name of ['href', 'aria-labelledby']) {
      const value = attributes.get(name);
      const target =
        name === 'href' ? (value?.startsWith('#') ? value.slice(1) : undefined) : value;
      if (target !== undefined && !ids.has(target)) found.push(`${name} ${target}`);
    }
  }
  return found;
}
