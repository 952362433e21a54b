import { readFileSync } from 'node:fs';
import type { z } from 'zod';

export type KeptFile<T> =
  | { readonly is: 'absent' }
  /** Cut off while it was written, edited, or of another version: as good as none, and may be removed. */
  | { readonly is: 'damaged' }
  | { readonly is: 'whole'; readonly value: T };

/** What an earlier command left in the cache; never throws for what the file holds. */
export function readKeptFile<T>(file: string, schema: z.ZodType<T>): KeptFile<T> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // No file is the ordinary state: nothing was kept.
    return { is: 'absent' };
  }
  try {
    const kept = schema.safeParse(JSON.parse(text));
    return kept.success ? { is: 'whole', value: kept.data } : { is: 'damaged' };
  } catch {
    return { is: 'damaged' };
  }
}
