import { isAbsolute, relative } from 'node:path';
import { shellWord } from '../core/shell-word.ts';
import type { Host } from './host.ts';

/**
 * What has to be typed before `run …` to get here again. An installed package is called by its name; in a
 * clone nothing is installed, so that there it is the npm script, or the file itself where that was typed.
 */
export function programName({
  environment,
  script,
  directory,
}: Pick<Host, 'environment' | 'script' | 'directory'>): string {
  // The published package holds JavaScript: TypeScript is the source.
  if (!script.endsWith('.ts')) return 'ackmark';
  const ownScripts = ['ackmark', 'start'];
  if (ownScripts.includes(environment['npm_lifecycle_event'] ?? '')) {
    return 'npm run -s ackmark --';
  }
  const nearby = relative(directory, script);
  const isBelow = !nearby.startsWith('..') && !isAbsolute(nearby);
  return `node ${shellWord(isBelow ? nearby : script)}`;
}
