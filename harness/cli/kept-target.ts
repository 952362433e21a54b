import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { cacheDirectoryOf } from './provisioning.ts';
import type { Host } from './host.ts';

/** A target that `ackmark up` keeps running, as its keeper process wrote it down. */
const keptTarget = z.strictObject({
  pid: z.number().int().positive(),
  title: z.string(),
  address: z.string(),
});
export type KeptTarget = z.infer<typeof keptTarget>;

export function keptDirectory(host: Host): string {
  const directory = join(cacheDirectoryOf(host.environment), 'up');
  mkdirSync(directory, { recursive: true });
  return directory;
}

export function keptFile(host: Host, engine: string): string {
  return join(keptDirectory(host), `${engine}.json`);
}

/** The target that runs for `engine`; a file whose keeper is gone is removed. */
export function readKept(host: Host, engine: string): KeptTarget | undefined {
  const file = keptFile(host, engine);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // No file is the ordinary state: nothing is kept for this engine.
    return undefined;
  }
  const kept = keptTarget.safeParse(JSON.parse(text));
  if (kept.success && isAlive(host, kept.data.pid)) return kept.data;
  rmSync(file, { force: true });
  return undefined;
}

export function isAlive(host: Host, pid: number): boolean {
  try {
    host.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: there is no such process.
    return false;
  }
}
