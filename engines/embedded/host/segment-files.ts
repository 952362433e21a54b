import { join } from 'node:path';

const suffix = '.journal';

/** Numbers of the segments among the names of a directory, ascending: `000000000000.journal` is 0. */
export function segmentsIn(names: readonly string[]): readonly number[] {
  return names
    .filter((name) => /^\d{12}\.journal$/.test(name))
    .map((name) => Number(name.slice(0, -suffix.length)))
    .sort((a, b) => a - b);
}

export function pathOfSegment(directory: string, segment: number): string {
  return join(directory, `${String(segment).padStart(12, '0')}${suffix}`);
}
