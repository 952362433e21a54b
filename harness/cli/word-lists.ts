/** `a,b`, `a, b` and a repeated flag alike. */
export function list(values: string | readonly string[]): string[] {
  return [values].flat().flatMap((value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
}
