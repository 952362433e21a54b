import { type HeaderLine, lineFormatVersion } from './line-schema.ts';
import { own } from './own.ts';
import type { ProblemList } from './problem-list.ts';

/** What the files of one history say about it, in one header. */
export type MergedHeader = Omit<HeaderLine, 'offsetMs'>;

/** Facts of several files add up; where two contradict each other, the first counts and it is reported. */
export function mergedHeader(
  files: readonly { readonly name: string; readonly header: HeaderLine | undefined }[],
  problems: ProblemList,
): MergedHeader {
  let merged: MergedHeader = { kind: 'history', version: lineFormatVersion };
  for (const { name, header } of files) {
    if (header === undefined) continue;
    const { offsetMs: _ofThisFile, run: _checkedByTheFile, ...facts } = header;
    for (const field of contradictions(merged, facts)) {
      problems.history(`${name} says otherwise about ${field} than the file before it`);
    }
    merged = {
      ...facts,
      ...merged,
      ...joined('groups', merged, facts),
      ...joined('lanes', merged, facts),
      ...joined('routes', merged, facts),
      ...joined('bounds', merged, facts),
      ...(merged.sinks === undefined && facts.sinks === undefined
        ? {}
        : { sinks: [...new Set([...(merged.sinks ?? []), ...(facts.sinks ?? [])])] }),
    };
  }
  for (const [lane, { route }] of Object.entries(merged.lanes ?? {})) {
    if (route === undefined || own(merged.routes, route) !== undefined) continue;
    problems.history(`lane ${lane} has route ${route}, which the header does not describe`);
  }
  return merged;
}

type MapField = 'groups' | 'lanes' | 'routes' | 'bounds';

function joined(field: MapField, a: MergedHeader, b: MergedHeader): Partial<MergedHeader> {
  if (a[field] === undefined && b[field] === undefined) return {};
  return { [field]: { ...b[field], ...a[field] } };
}

function contradictions(a: MergedHeader, b: MergedHeader): readonly string[] {
  const before = flat(a);
  return [...flat(b)].flatMap(([field, value]) => {
    const known = before.get(field);
    return known === undefined || known === value ? [] : [field];
  });
}

const adding = new Set(['groups', 'lanes', 'routes', 'bounds']);

/** Fields and entries of fields that one file may leave to another, with their values as text. */
function flat(header: MergedHeader): ReadonlyMap<string, string> {
  const entries = Object.entries(header).flatMap(([field, value]): [string, unknown][] => {
    if (field === 'sinks') return [];
    if (!adding.has(field) || typeof value !== 'object') return [[field, value]];
    return Object.entries(value).map(([name, inner]) => [`${field}.${name}`, inner]);
  });
  return new Map(entries.map(([field, value]) => [field, JSON.stringify(value)]));
}
