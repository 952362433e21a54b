import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { invariant } from '../../harness/core/errors.ts';

/** The `package.json` of an installed package, which need not export it. @param from URL of the module that asks */
export function packageFile(name: string, from: string): string {
  const manifest = findPackageJSON(name, from);
  invariant(manifest !== undefined, `${name} is a dependency`);
  return manifest;
}

/** As it is installed. */
export function packageVersion(name: string, from: string): string {
  const { version } = JSON.parse(readFileSync(packageFile(name, from), 'utf8')) as {
    readonly version: string;
  };
  return version;
}
