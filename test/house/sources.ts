import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the project: its path from the top, with slashes, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

const top = fileURLToPath(new URL('../..', import.meta.url));
const parts = ['engines', 'scenarios', 'harness', 'reports', 'test'];

export function sources(): readonly Source[] {
  return parts.flatMap(filesUnder).map((path) => ({ path, text: readTop(path) }));
}

export function documents(): readonly Source[] {
  const paths = readdirSync(top).filter((name) => name.endsWith('.md'));
  const docs = readdirSync(join(top, 'docs')).filter((name) => name.endsWith('.md'));
  return [...paths, ...docs.map((name) => `docs/${name}`)].map((path) => ({
    path,
    text: readTop(path),
  }));
}

export const isThere = (path: string): boolean => existsSync(join(top, path));

const readTop = (path: string): string => readFileSync(join(top, path), 'utf8');

function filesUnder(part: string): readonly string[] {
  return readdirSync(join(top, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(top.length).replace(/^\//, ''))
    .toSorted();
}

/** Without comments; strings stay. Good for the formatted code of this project, not for all of TypeScript. */
export function withoutComments(text: string): string {
  const string = String.raw`'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\`(?:\\.|[^\`\\])*\``;
  const comment = String.raw`\/\*[\s\S]*?\*\/|(?<![:\\/])\/\/[^\n]*`;
  return text.replace(
    new RegExp(`(${string})|${comment}`, 'g'),
    (_all, kept?: string) => kept ?? '',
  );
}

/** Contents of all string literals. */
export function stringsOf(text: string): readonly string[] {
  const found = withoutComments(text).matchAll(/'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"/g);
  return [...found].map(([, single, double]) => single ?? double ?? '');
}

/** Paths, from the top, of the project's files that `source` imports, loads later or starts. */
export function importsOf({ path, text }: Source): readonly string[] {
  const code = withoutComments(text);
  const from = [...code.matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']*)'/g)];
  const started = [...code.matchAll(/new URL\(\s*[`'](\.[^`'$]*?\.ts)[`']/g)];
  return [...from, ...started].map(([, target = '']) => normalize(join(dirname(path), target)));
}

/** Names of the packages that `source` imports. */
export function packagesOf({ text }: Source): readonly string[] {
  const from = withoutComments(text).matchAll(/\b(?:from|import)\s*\(?\s*'([^.'][^']*)'/g);
  return [...from].map(([, name = '']) => name);
}
