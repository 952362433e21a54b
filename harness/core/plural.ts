const grouping = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Whole numbers keep every digit: 20,000. */
export function whole(value: number): string {
  return grouping.format(value);
}

/**
 * `1 message`, `20,000 messages`. What stands for the many may go on to the verb:
 * `plural(n, 'message was', 'messages were')`.
 */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${whole(count)} ${noun(count, one, many)}`;
}

/** The word alone, where its number stands elsewhere. */
export function noun(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many;
}
