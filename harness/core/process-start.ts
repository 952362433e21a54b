/**
 * Clock ticks between boot and the start of a process: field 22 of its `/proc/<pid>/stat`. It tells a process
 * from a later one that was given the same id.
 */
export function startTicksOf(stat: string): string {
  // The second field is the program's name in parentheses and may hold anything.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
