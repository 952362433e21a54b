import { distance } from 'fastest-levenshtein';

/** `; did you mean steady?`, or nothing when no known name is near. */
export function suggestion(wrong: string, known: readonly string[]): string {
  const begun = known.filter((name) => wrong.length > 2 && name.startsWith(wrong));
  if (begun.length === 1) return `; did you mean ${begun[0]}?`;
  const nearest = known
    .map((name) => ({ name, edits: distance(wrong.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.edits - b.edits)[0];
  if (nearest === undefined || nearest.edits > Math.max(2, wrong.length / 3)) return '';
  return `; did you mean ${nearest.name}?`;
}
