import { distance } from 'fastest-levenshtein';

/** `; did you mean steady?`, or nothing when no known name is near. */
export function suggestion(wrong: string, known: readonly string[]): string {
  const begun = known.filter((name) => wrong.length > 2 && name.startsWith(wrong));
  if (begun.length === 1) return `; did you mean ${begun[0]}?`;
  const nearest = known
    .map((name) => ({ name, edits: distance(wrong.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.edits - b.edits)[0];
  if (nearest === undefined || !isNear(wrong, nearest)) return '';
  return `; did you mean ${nearest.name}?`;
}

/** Two edits make any short word of any other; its own letters in another order are still a slip. */
function isNear(wrong: string, { name, edits }: { name: string; edits: number }): boolean {
  if (wrong.length > 4) return edits <= Math.max(2, wrong.length / 3);
  return edits <= 1 || sortedLetters(wrong) === sortedLetters(name);
}

function sortedLetters(word: string): string {
  return word.toLowerCase().split('').toSorted().join('');
}
