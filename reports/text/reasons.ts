const shownReasons = 2;

/** The first of several reasons; rounds of one cell often fail for the same one with other figures. */
export function reasonsText(reasons: readonly string[]): string {
  const distinct = [...new Set(reasons)];
  const shown = distinct.slice(0, shownReasons);
  const rest = distinct.length - shown.length;
  return rest === 0
    ? shown.join('; ')
    : `${shown.join('; ')} (${shown.length} of ${distinct.length} reasons)`;
}
