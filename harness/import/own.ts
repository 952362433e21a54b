/** What a header says under a name; `constructor` is a name like any other and says nothing by itself. */
export function own<T>(
  entries: Readonly<Record<string, T>> | undefined,
  name: string,
): T | undefined {
  return entries !== undefined && Object.hasOwn(entries, name) ? entries[name] : undefined;
}
