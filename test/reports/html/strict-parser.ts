/**
 * A parser that accepts much less than a browser does: quoted attributes, proper nesting, known void
 * elements. What it accepts, every browser reads the same way; everything else throws.
 */
export interface ParsedElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly parents: readonly string[];
}

export interface ParsedPage {
  readonly elements: readonly ParsedElement[];
  /** Text outside the style element, entities decoded. */
  readonly text: string;
  readonly style: string;
}

const voidElements: ReadonlySet<string> = new Set(['meta', 'link', 'br']);
const nameCharacters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:';

export function parseStrictly(page: string): ParsedPage {
  const doctype = '<!doctype html>\n';
  if (!page.startsWith(doctype)) throw new Error('no doctype');
  const elements: ParsedElement[] = [];
  const open: string[] = [];
  let text = '';
  let style = '';
  let at = doctype.length;
  const fail = (what: string): never => {
    throw new Error(
      `${what} at ${at}: ${JSON.stringify(page.slice(Math.max(0, at - 60), at + 60))}`,
    );
  };
  const take = (expected: string): void => {
    if (!page.startsWith(expected, at)) fail(`expected ${expected}`);
    at += expected.length;
  };
  const name = (): string => {
    const from = at;
    while (at < page.length && nameCharacters.includes(page.charAt(at))) at += 1;
    return at > from ? page.slice(from, at) : fail('expected a name');
  };
  const until = (end: string): string => {
    const to = page.indexOf(end, at);
    if (to < 0) fail(`no ${end}`);
    const found = page.slice(at, to);
    at = to + end.length;
    return found;
  };
  const attributesOf = (): Map<string, string> => {
    const attributes = new Map<string, string>();
    while (page.charAt(at) === ' ') {
      at += 1;
      const key = name();
      if (attributes.has(key)) fail(`second ${key}`);
      if (page.charAt(at) !== '=') {
        attributes.set(key, '');
        continue;
      }
      take('="');
      const value = until('"');
      if (value.includes('<')) fail('< in an attribute');
      attributes.set(key, decoded(value));
    }
    return attributes;
  };
  const startTag = (): void => {
    const element = name();
    const attributes = attributesOf();
    elements.push({ name: element, attributes, parents: [...open] });
    if (page.startsWith('/>', at)) {
      if (!open.includes('svg')) fail('a self-closing tag outside svg');
      at += 2;
      return;
    }
    take('>');
    if (element === 'style') style += until('</style>');
    else if (!voidElements.has(element)) open.push(element);
  };
  while (at < page.length) {
    if (page.startsWith('</', at)) {
      at += 2;
      const closed = name();
      take('>');
      if (open.pop() !== closed) fail(`${closed} closes another element`);
    } else if (page.charAt(at) === '<') {
      at += 1;
      startTag();
    } else {
      const next = page.indexOf('<', at);
      const to = next < 0 ? page.length : next;
      text += decoded(page.slice(at, to));
      at = to;
    }
  }
  if (open.length > 0) fail(`${open.join(', ')} left open`);
  return { elements, text, style };
}

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['#39', "'"],
]);

function decoded(raw: string): string {
  if (raw.includes('>')) throw new Error(`raw > in ${JSON.stringify(raw.slice(0, 80))}`);
  const [first = '', ...rest] = raw.split('&');
  return rest.reduce((text, part) => {
    const end = part.indexOf(';');
    const character = entities.get(part.slice(0, Math.max(0, end)));
    if (character === undefined) throw new Error(`raw & in ${JSON.stringify(part.slice(0, 80))}`);
    return text + character + part.slice(end + 1);
  }, first);
}
