import { homedir } from 'node:os';
import { join } from 'node:path';

/** What is kept between runs, per user: `ACKMARK_CACHE`, else a folder of the XDG cache directory. */
export function cacheDirectoryOf(
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const base = environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return environment['ACKMARK_CACHE'] ?? join(base, 'ackmark');
}
