/** A Debian mirror as the host itself uses it. */
export interface DebianMirror {
  /** Anything apt understands, also `mirror+file:`; may hold credentials, so it is never printed. */
  readonly uri: string;
  /** Path of the keyring, when the source names one. */
  readonly signedBy: string | undefined;
}

export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

interface Entry extends DebianMirror {
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/** Suites that only Debian has; `stable` and the like are also used by others' repositories. */
const codenames = new Set(['bullseye', 'bookworm', 'trixie', 'forky', 'sid']);

/** The first mirror of Debian's main archive (not of security or updates) in apt's sources. */
export function debianMirror(files: readonly SourceFile[]): DebianMirror | undefined {
  const entries = files.flatMap(({ name, text }) =>
    name.endsWith('.sources') ? deb822Entries(text) : oneLineEntries(text),
  );
  const found = entries.find(
    ({ uri, suites, components }) =>
      !uri.startsWith('cdrom:') &&
      components.includes('main') &&
      suites.some((suite) => codenames.has(suite)),
  );
  return found === undefined ? undefined : { uri: found.uri, signedBy: found.signedBy };
}

/** `deb [options] uri suite component…`, one a line. */
function oneLineEntries(text: string): readonly Entry[] {
  return text.split('\n').flatMap((line): readonly Entry[] => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match === null) return [];
    const [, options = '', uri = '', suite = '', components = ''] = match;
    const signedBy = /(?:^|\s)signed-by=(\/[^\s,]+)/i.exec(options)?.[1];
    return [{ uri, signedBy, suites: [suite], components: words(components) }];
  });
}

/** Paragraphs of `Name: value`, continued by indented lines; `Enabled: no` turns one off. */
function deb822Entries(text: string): readonly Entry[] {
  const withoutComments = text.replace(/^#.*\n?/gm, '');
  return withoutComments.split(/\n\s*\n/).flatMap((paragraph) => {
    const fields = new Map<string, string>();
    for (const [, name = '', value = ''] of paragraph.matchAll(
      /^(\S+?):((?:.*)(?:\n[ \t].*)*)/gm,
    )) {
      fields.set(name.toLowerCase(), value.trim());
    }
    const list = (name: string): readonly string[] => words(fields.get(name) ?? '');
    if (!list('types').includes('deb') || /^(no|false|0)$/i.test(fields.get('enabled') ?? '')) {
      return [];
    }
    const keyring = fields.get('signed-by') ?? '';
    const signedBy = /^\/\S+$/.test(keyring) ? keyring : undefined;
    return list('uris').map((uri) => ({
      uri,
      signedBy,
      suites: list('suites'),
      components: list('components'),
    }));
  });
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');
