import { distance } from 'fastest-levenshtein';

/** `; did you mean steady?`, or nothing when no known name is near. */
export function suggestion(wrong: string, known: readonly string[]): string {
  const nearest = known
    .map((name) => ({ name, edits: distance(wrong.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.edits - b.edits)[0];
  if (nearest === undefined || nearest.edits > Math.max(2, wrong.length / 3)) return '';
  return `; did you mean ${nearest.name}?`;
}
