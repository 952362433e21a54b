/** `a,b` and a repeated flag alike. */
export function list(values: string | readonly string[]): string[] {
  return [values].flat().flatMap((value) => value.split(',').filter((part) => part !== ''));
}
