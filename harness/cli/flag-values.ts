import type { FlagWords, OneCommand } from './command-words.ts';
import type { Problem } from './problems.ts';

/**
 * What the parser takes without a word: a switch with a value of its own counts as off, a flag whose value
 * was forgotten as not given, and of a single value that is given twice it makes a list.
 */
export function flagProblems(argv: readonly string[], command: OneCommand): readonly Problem[] {
  const problems: Problem[] = [];
  const given = new Set<string>();
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  for (const [at, word] of words.entries()) {
    const { name, value } = flagIn(word);
    const flag = command.flags.find((known) => known.name === name);
    if (flag === undefined) continue;
    const place = `--${flag.name}`;
    const what = valueProblem(flag, value, words[at + 1]);
    if (what !== undefined) problems.push({ place, what });
    if (flag.kind === 'value' && given.has(name)) {
      problems.push({ place, what: 'is given twice; it takes one value' });
    }
    given.add(name);
  }
  return problems;
}

function flagIn(word: string): { readonly name: string; readonly value: string | undefined } {
  const match = /^--([^=]+)(?:=(.*))?$/s.exec(word);
  const name = (match?.[1] ?? '').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return { name, value: match?.[2] };
}

function valueProblem(
  { kind, describe }: FlagWords,
  value: string | undefined,
  next: string | undefined,
): string | undefined {
  if (kind === 'switch') {
    if (value === undefined || value === 'true' || value === 'false') return undefined;
    return `takes no value, and ${JSON.stringify(value)} is given: write it alone, or leave it out`;
  }
  const isFlag = next === undefined || /^--?[a-z]/i.test(next);
  const isMissing = value === undefined ? isFlag || next === '' : value === '';
  if (!isMissing) return undefined;
  return describe === '' ? 'needs a value' : `needs a value (${describe})`;
}
