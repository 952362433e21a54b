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
  return new StrictParser(page).parse();
}

class StrictParser {
  readonly #page: string;
  readonly #elements: ParsedElement[] = [];
  readonly #open: string[] = [];
  #text = '';
  #style = '';
  #at = 0;

  constructor(page: string) {
    this.#page = page;
  }

  parse(): ParsedPage {
    this.#take('<!doctype html>\n');
    while (this.#at < this.#page.length) {
      if (this.#page.startsWith('</', this.#at)) this.#endTag();
      else if (this.#page.charAt(this.#at) === '<') this.#startTag();
      else this.#plainText();
    }
    if (this.#open.length > 0) this.#fail(`${this.#open.join(', ')} left open`);
    return { elements: this.#elements, text: this.#text, style: this.#style };
  }

  #startTag(): void {
    this.#take('<');
    const name = this.#name();
    const attributes = this.#attributes();
    this.#elements.push({ name, attributes, parents: [...this.#open] });
    if (this.#page.startsWith('/>', this.#at)) {
      if (!this.#open.includes('svg')) this.#fail('a self-closing tag outside svg');
      this.#take('/>');
      return;
    }
    this.#take('>');
    if (name === 'style') this.#style += this.#until('</style>');
    else if (!voidElements.has(name)) this.#open.push(name);
  }

  #endTag(): void {
    this.#take('</');
    const name = this.#name();
    this.#take('>');
    if (this.#open.pop() !== name) this.#fail(`${name} closes another element`);
  }

  #plainText(): void {
    const next = this.#page.indexOf('<', this.#at);
    const to = next < 0 ? this.#page.length : next;
    this.#text += decoded(this.#page.slice(this.#at, to));
    this.#at = to;
  }

  #attributes(): Map<string, string> {
    const attributes = new Map<string, string>();
    while (this.#page.charAt(this.#at) === ' ') {
      this.#take(' ');
      const key = this.#name();
      if (attributes.has(key)) this.#fail(`second ${key}`);
      if (this.#page.charAt(this.#at) !== '=') {
        attributes.set(key, '');
        continue;
      }
      this.#take('="');
      const value = this.#until('"');
      if (value.includes('<')) this.#fail('< in an attribute');
      attributes.set(key, decoded(value));
    }
    return attributes;
  }

  #name(): string {
    const from = this.#at;
    while (this.#at < this.#page.length && nameCharacters.includes(this.#page.charAt(this.#at))) {
      this.#at += 1;
    }
    return this.#at > from ? this.#page.slice(from, this.#at) : this.#fail('expected a name');
  }

  #take(expected: string): void {
    if (!this.#page.startsWith(expected, this.#at)) this.#fail(`expected ${expected}`);
    this.#at += expected.length;
  }

  #until(end: string): string {
    const to = this.#page.indexOf(end, this.#at);
    if (to < 0) this.#fail(`no ${end}`);
    const found = this.#page.slice(this.#at, to);
    this.#at = to + end.length;
    return found;
  }

  #fail(what: string): never {
    const around = this.#page.slice(Math.max(0, this.#at - 60), this.#at + 60);
    throw new Error(`${what} at ${this.#at}: ${JSON.stringify(around)}`);
  }
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
