import { readFileSync } from 'node:fs';
import { z } from 'zod';

const manifest = z.looseObject({ version: z.string() });

/** The package's version, from the sources as well as from `dist/`, which lies one folder deeper. */
export const version = readVersion();

function readVersion(): string {
  const up = import.meta.url.endsWith('.ts') ? '../..' : '../../..';
  const text = readFileSync(new URL(`${up}/package.json`, import.meta.url), 'utf8');
  return manifest.parse(JSON.parse(text)).version;
}
