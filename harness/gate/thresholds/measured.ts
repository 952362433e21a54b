/** The figure of several rounds of one cell, or why there is none. */
export type Measured =
  | { readonly is: 'value'; readonly value: number }
  | { readonly is: 'missing'; readonly reason: string };

export function missing(reason: string): Measured {
  return { is: 'missing', reason };
}
