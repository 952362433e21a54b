import type { FsyncPolicy } from '../journal/journal.ts';

/** @throws Error for what is none of the policies */
export function readFsync(text: string): FsyncPolicy {
  if (text === 'never' || text === 'every-batch') return { kind: text };
  const [kind, everyMs] = text.split(':');
  if (kind !== 'interval') throw new Error('--fsync must be never, interval:<ms> or every-batch');
  return { kind, everyMs: wholeNumber('--fsync interval', everyMs, 3_600_000) };
}

export function describeFsync(policy: FsyncPolicy): string {
  return policy.kind === 'interval' ? `every ${policy.everyMs} ms` : policy.kind;
}

/** @throws Error that names the argument */
export function wholeNumber(name: string, text: string | undefined, most: number): number {
  const value = Number(text);
  if (text === undefined || text === '' || !Number.isInteger(value) || value < 0 || value > most) {
    throw new Error(`${name} must be a whole number from 0 to ${most}`);
  }
  return value;
}
