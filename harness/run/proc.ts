import { readdirSync, readFileSync } from 'node:fs';
import type { ProcReader } from '../measure/process-cpu.ts';

/** Linux' /proc; empty elsewhere. */
export const proc: ProcReader = {
  readText: (path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      // Processes end while one looks; the reader's contract has a word for it.
      return undefined;
    }
  },
  list: (path) => {
    try {
      return readdirSync(path);
    } catch {
      return [];
    }
  },
};
