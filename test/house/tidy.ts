import { packagesOf, type Source, withoutComments } from './sources.ts';

/** A rule of the house: what is wrong with one file, one line each. */
export interface TidyRule {
  readonly name: string;
  readonly problems: (source: Source) => readonly string[];
}

const linesMost = 300;
const functionLinesMost = 70;

/**
 * Files that were longer when the rule came. They may shrink, never grow; a file that has come under the
 * limit must leave the list.
 */
export const longFiles: Readonly<Record<string, number>> = {
  'engines/embedded/client.ts': 325,
  'engines/embedded/queue/queue-broker.ts': 310,
  'test/engines/embedded/broker-process.test.ts': 331,
};

const isEntry = (path: string): boolean =>
  /(?:\.worker|\.entry|\/bin)\.ts$/.test(path) || path.startsWith('test/');

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;

function finding(pattern: RegExp, says: string, code = true): TidyRule['problems'] {
  return ({ path, text }) => {
    const searched = code ? blankComments(text) : text;
    return [...searched.matchAll(pattern)].map(
      (match) => `${path}:${lineOf(searched, match.index)}: ${says}: ${match[0].trim()}`,
    );
  };
}

/** Comments become blank lines, so that line numbers stay. */
function blankComments(text: string): string {
  const blank = text.replaceAll(/\/\*[\s\S]*?\*\//g, (comment) =>
    comment.replaceAll(/[^\n]/g, ' '),
  );
  return blank
    .split('\n')
    .map((line) => (withoutComments(line).length < line.length ? withoutComments(line) : line))
    .join('\n');
}

const processMembers =
  'argv|env|exit|exitCode|cwd|chdir|stdin|stdout|stderr|on|once|kill|pid|ppid|hrtime|memoryUsage|cpuUsage|resourceUsage|platform|arch|version|versions|execPath|execArgv|umask|uptime|getuid|emitWarning|abort|send|nextTick|title';

export const rules: readonly TidyRule[] = [
  {
    name: `no file is longer than ${linesMost} lines, and the long ones only shrink`,
    problems: ({ path, text }) => {
      const lines = text.split('\n').length - 1;
      const ratchet = longFiles[path];
      if (ratchet !== undefined && lines <= linesMost) {
        return [`${path}: ${lines} lines now; take it off the list of long files`];
      }
      const most = ratchet ?? linesMost;
      return lines > most ? [`${path}: ${lines} lines, at most ${most}: one concept per file`] : [];
    },
  },
  {
    name: `no declared function or method is longer than ${functionLinesMost} lines`,
    problems: longFunctions,
  },
  {
    name: 'nothing is left for later',
    problems: finding(/\b(?:TODO|FIXME|XXX|HACK)\b/g, 'do it or file an issue', false),
  },
  {
    name: 'the type checker is not silenced',
    problems: finding(/@ts-(?:ignore|expect-error|nocheck)/g, 'make the types say it', false),
  },
  {
    name: 'any is no type',
    problems: finding(/(?:[:<|&,]|\bas)\s*any\b(?=\s*[;,)=>|&[\]])/g, 'use unknown and narrow it'),
  },
  {
    name: 'randomness and time are injected',
    problems: ({ path, text }) => {
      const clock = isEntry(path) || path.endsWith('/process-host.ts') ? '' : '|\\bnew Date\\(\\)';
      const pattern = new RegExp(`\\bMath\\.random\\b|\\bDate\\.now\\b${clock}`, 'g');
      return finding(
        pattern,
        'take it from the context: seeded, the same for a replay',
      )({ path, text });
    },
  },
  {
    name: 'only entries touch the process',
    problems: (source) => {
      if (isEntry(source.path)) return [];
      const imported = packagesOf(source).filter((name) => /^(?:node:)?process$/.test(name));
      // A supervised child is often called `process` too; then the word is the file's own.
      const own = /\b(?:const|let)\s+(?:process\b|\{[^}]*\bprocess\b)|\bprocess\s*\??:\s*[A-Z]/;
      if (own.test(source.text)) return imported.map((name) => `${source.path} imports ${name}`);
      const pattern = new RegExp(
        String.raw`(?<![.#\w'])process\s*(?:\.(?:${processMembers})\b|\[)`,
        'g',
      );
      return finding(pattern, 'inject it; bin and *.worker.ts, *.entry.ts hand it in')(source);
    },
  },
  {
    name: 'every test file asserts something, and runs all of it',
    problems: ({ path, text }) => {
      if (!path.endsWith('.test.ts')) return [];
      const code = withoutComments(text);
      const asserts = /\bexpect\s*\(|\bassert\w*\s*[.(]|\bcontractSuite\(|\bfc\.assert\(/.test(
        code,
      );
      const only = /\b(?:test|describe|it)\.only\b/.test(code);
      return [
        ...(asserts ? [] : [`${path}: no assertion`]),
        ...(only ? [`${path}: .only hides the others`] : []),
      ];
    },
  },
  {
    name: 'names say what is inside',
    problems: ({ path }) =>
      /(?:^|\/)(?:utils?|helpers?|misc|common|stuff)(?:\/|\.ts$)/.test(path)
        ? [`${path}: name the concept`]
        : [],
  },
  {
    name: 'no words that sell, no machine’s paths, no registry’s address',
    problems: finding(bannedWords(), 'say what it does, in words that hold elsewhere', false),
  },
];

/** Spelled in pieces, so that this file does not trip over itself. */
function bannedWords(): RegExp {
  const selling = [
    'blazing',
    'lightning-fast',
    'seamless',
    'cutting-edge',
    'world-class',
    'game-chang',
  ];
  const pieces = selling.map((word) => `${word.slice(0, 3)}(?:${word.slice(3)})`);
  const paths = String.raw`(?<![\w.$}])/(?:home|Users|work)/[a-z]\w*/`;
  const registries = String.raw`\bregistry\.[a-z-]+\.(?:org|com)|\brepo1?\.maven\b`;
  return new RegExp(`\\b(?:${pieces.join('|')})\\w*|${paths}|${registries}`, 'gi');
}

/** By the formatter's indentation: a declaration ends at the first brace that stands where it began. */
function longFunctions({ path, text }: Source): readonly string[] {
  const lines = text.split('\n');
  const problems: string[] = [];
  for (const [index, line] of lines.entries()) {
    const start =
      /^(\s*)(?:export )?(?:default )?(?:async )?function\*? ?(\w+)/.exec(line) ??
      /^( {2})(?:static |override |async |get |set |\*)*(#?\w+)\((?!.*=>).*(?:[({,]|\w)$/.exec(
        line,
      );
    if (start === null || /^\s*(?:if|for|while|switch|return|describe|test)\b/.test(line)) continue;
    const [, indent = '', name = ''] = start;
    const length = lines.slice(index).findIndex((other) => other === `${indent}}`) + 1;
    if (length > functionLinesMost) {
      problems.push(
        `${path}:${index + 1}: ${name} has ${length} lines, at most ${functionLinesMost}`,
      );
    }
  }
  return problems;
}
