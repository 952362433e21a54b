import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AckmarkError } from '../core/errors.ts';
import { type Baseline, baseline } from './baseline-schema.ts';

/** `<directory>/<name>/<fingerprint>.json`: a testbed has a baseline of its own under the same name. */
function fileOf(directory: string, name: string, fingerprint: string): string {
  return join(directory, name, `${fingerprint}.json`);
}

/** Letters, digits, `.`, `-` and `_`; a branch such as `feature/x` becomes no directory of its own. */
export function isBaselineName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name);
}

/** Written whole or not at all. */
export function writeBaseline(directory: string, kept: Baseline): string {
  const file = fileOf(directory, kept.name, kept.fingerprint);
  try {
    mkdirSync(join(directory, kept.name), { recursive: true });
    writeFileSync(`${file}.new`, `${JSON.stringify(kept)}\n`);
    renameSync(`${file}.new`, file);
    return file;
  } catch (cause) {
    throw new AckmarkError('IO', `cannot write the baseline ${file}`, {
      hint: 'Name a writable directory with --baselines.',
      cause,
    });
  }
}

/** All of a directory, by name and then by testbed; none where the directory is not there. */
export function readBaselines(directory: string): readonly Baseline[] {
  return entriesOf(directory).flatMap((name) =>
    entriesOf(join(directory, name))
      .filter((file) => file.endsWith('.json'))
      .map((file) => readFile(join(directory, name, file))),
  );
}

function entriesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory).toSorted();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new AckmarkError('IO', `cannot read the baselines in ${directory}`, {
      hint: 'Name a directory that you may read with --baselines.',
      cause: error,
    });
  }
}

function readFile(file: string): Baseline {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new AckmarkError('BAD_RUN', `${file} is not JSON`, {
      hint: 'It was cut short or edited: remove it, and save the baseline again.',
      cause,
    });
  }
  const checked = baseline.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new AckmarkError(
    'BAD_RUN',
    `${file} is not a baseline of this version: ${issue?.path.join('.')}: ${issue?.message}`,
    { hint: 'Remove it, and save the baseline again with this version.' },
  );
}
