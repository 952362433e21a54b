import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeError } from '../../core/errors.ts';
import type { Problem } from '../problems.ts';

const linesMost = 5_000_000;
/** A trace from a clock of the world would begin in fifty years. */
const longestNs = 24 * 3600 * 1e9;
const problemsShown = 5;

const nanosecondsIn = { ns: 1, s: 1e9 } as const;

/** Instants in nanoseconds since the load's start, or every mistake by file and line. */
export type Trace =
  | { readonly is: 'offsets'; readonly offsetsNs: readonly number[] }
  | { readonly is: 'bad'; readonly problems: readonly Problem[] };

export function readTrace(file: string, directory: string): Trace {
  let text: string;
  try {
    text = readFileSync(resolve(directory, file), 'utf8');
  } catch (error) {
    return bad(file, `the trace cannot be read: ${describeError(error)}`);
  }
  return parseTrace(text, file);
}

/**
 * One offset a line, never falling: nanoseconds, or seconds where the first line that says anything is `s` (or `ns`).
 * Empty lines and lines that begin with # say nothing.
 */
export function parseTrace(text: string, file: string): Trace {
  const offsetsNs: number[] = [];
  const problems: Problem[] = [];
  let unitNs: number | undefined;
  let lastNs = 0;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (unitNs === undefined) {
      unitNs = line === 's' ? nanosecondsIn.s : nanosecondsIn.ns;
      if (line === 's' || line === 'ns') continue;
    }
    const offset = /^\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(line) ? Number(line) * unitNs : undefined;
    const what = offsetProblem(line, offset, lastNs);
    if (what !== undefined) problems.push({ place: `${file}:${index + 1}`, what });
    if (offset === undefined) continue;
    lastNs = Math.max(lastNs, offset);
    offsetsNs.push(Math.round(offset));
  }
  if (problems.length > 0) return shortened(problems, file);
  if (offsetsNs.length < 2 || lastNs === 0) {
    return bad(file, 'a trace has two instants at least, and not all of them 0');
  }
  return offsetsNs.length > linesMost
    ? bad(file, `${offsetsNs.length} instants, at most ${linesMost}`)
    : { is: 'offsets', offsetsNs };
}

function offsetProblem(
  line: string,
  offsetNs: number | undefined,
  lastNs: number,
): string | undefined {
  if (offsetNs === undefined) {
    return `${JSON.stringify(line.slice(0, 40))} is no offset: a number that is not negative, in ns, or in s under a first line \`s\``;
  }
  if (offsetNs < lastNs) return `${line} is before the offset of an earlier line`;
  if (offsetNs > longestNs) {
    return `${line} is more than 24 hours after the load's start: subtract the first instant from all`;
  }
  return undefined;
}

function shortened(problems: readonly Problem[], file: string): Trace {
  const shown = problems.slice(0, problemsShown);
  const left = problems.length - shown.length;
  const more = left > 0 ? [{ place: file, what: `${left} more lines are no offsets` }] : [];
  return { is: 'bad', problems: [...shown, ...more] };
}

function bad(place: string, what: string): Trace {
  return { is: 'bad', problems: [{ place, what }] };
}
