import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { cacheDirectoryOf } from './cache-directory.ts';

/**
 * Keeps what V8 made of each module, per user. Every actor's thread and every embedded broker is a Node of its own that
 * would strip and compile the same files anew, for 0.5 s of CPU each; they find the cache by the environment.
 * `NODE_DISABLE_COMPILE_CACHE=1` switches it off: https://nodejs.org/api/module.html#module-compile-cache.
 */
export function keepCompiledCode(environment: Record<string, string | undefined>): void {
  const directory =
    environment['NODE_COMPILE_CACHE'] ?? join(cacheDirectoryOf(environment), 'compiled');
  environment['NODE_COMPILE_CACHE'] = directory;
  enableCompileCache(directory);
}
