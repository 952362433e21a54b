/** Of several reasons as many are told as fit in about two lines, and at least one. */
const reasonLength = 160;

export function shortList(reasons: readonly string[]): string {
  let shown = reasons[0] ?? '';
  let told = 1;
  for (const reason of reasons.slice(1)) {
    if (shown.length + reason.length > reasonLength) break;
    shown += `; ${reason}`;
    told += 1;
  }
  const hidden = reasons.length - told;
  return hidden > 0 ? `${shown}; and ${hidden} more` : shown;
}
