/** What a text says, or why it says nothing. */
export type Parsed<T> =
  | { readonly is: 'value'; readonly value: T }
  | { readonly is: 'problem'; readonly what: string };

export function value<T>(parsed: T): Parsed<T> {
  return { is: 'value', value: parsed };
}

export function problem(what: string): { readonly is: 'problem'; readonly what: string } {
  return { is: 'problem', what };
}
