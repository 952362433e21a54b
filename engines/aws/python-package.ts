import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { definedEntries } from '../../harness/core/defined-entries.ts';
import { AckmarkError } from '../../harness/core/errors.ts';
import type { ProvisionHost } from '../provisioner.ts';

const installMs = 10 * 60_000;
const probeMs = 30_000;

/** A program for Python, with everything that it needs, as pip resolves it. */
export interface PythonPackage {
  /** `moto 5.2.5`. */
  readonly title: string;
  /** Of the cache; it has the version in it. */
  readonly directory: string;
  /** What pip is asked for, with exact versions where they matter. */
  readonly requirements: readonly string[];
  /** The interpreter: `python3`, or one of a version where the package runs on no other. */
  readonly python: string;
  /** Roughly what is downloaded. */
  readonly size: string;
}

/** The environment in which Python finds the package, and nothing else that somebody has installed for himself. */
export async function environmentOf(
  host: ProvisionHost,
  of: PythonPackage,
): Promise<Record<string, string>> {
  return {
    ...definedEntries(host.environment),
    PYTHONPATH: await placeOf(host, of),
    PYTHONNOUSERSITE: '1',
  };
}

/**
 * Installs it into a directory of the cache that belongs to it alone: nothing of the user's Python is touched.
 * @throws AckmarkError TARGET_UNAVAILABLE without that Python, FETCH_FAILED
 */
export async function fetchPackage(host: ProvisionHost, of: PythonPackage): Promise<void> {
  await mkdir(host.cacheDirectory, { recursive: true });
  const directory = await mkdtemp(join(host.cacheDirectory, `.${of.directory}-fetch-`));
  const run = (name: string, args: readonly string[], timeoutMs: number): Promise<string> =>
    host.run(
      {
        name,
        command: of.python,
        arguments: args,
        directory,
        environment: definedEntries(host.environment),
        logFile: join(directory, 'fetch.log'),
      },
      timeoutMs,
    );
  try {
    await probe(host, of, () => run(`look for ${of.python}`, ['-m', 'pip', '--version'], probeMs));
    const place = await placeOf(host, of);
    if (existsSync(place)) return;
    host.note(`fetching ${of.title} with pip (${of.size}, once)`);
    const install = ['-m', 'pip', 'install', '--quiet', '--no-input', '--target', 'lib'];
    await run(`install ${of.title}`, [...install, ...of.requirements], installMs);
    await publish(join(directory, 'lib'), place);
  } catch (cause) {
    if (cause instanceof AckmarkError && cause.code === 'TARGET_UNAVAILABLE') throw cause;
    if (host.signal.aborted) throw cause;
    throw new AckmarkError('FETCH_FAILED', `pip could not install ${of.title}`, {
      hint: `Check that it reaches a package index (\`${of.python} -m pip config list\`) and that the cache is writable.`,
      cause,
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function probe(
  host: ProvisionHost,
  { title, python }: PythonPackage,
  look: () => Promise<unknown>,
): Promise<void> {
  try {
    await look();
  } catch (cause) {
    if (host.signal.aborted) throw cause;
    throw new AckmarkError('TARGET_UNAVAILABLE', `${title} needs ${python} with pip`, {
      hint: `Install it, so that \`${python} -m pip --version\` answers.`,
      cause,
    });
  }
}

/** What is compiled for one version of Python serves no other. */
async function placeOf(host: ProvisionHost, { python, directory }: PythonPackage): Promise<string> {
  const told = await host.run(
    {
      name: `ask ${python} for its version`,
      command: python,
      arguments: ['-c', 'import sys; print("python%d.%d" % sys.version_info[:2])'],
      directory: host.cacheDirectory,
      environment: definedEntries(host.environment),
      logFile: join(host.cacheDirectory, `.${directory}-version.log`),
    },
    probeMs,
  );
  return join(host.cacheDirectory, `${directory}-${told.trim()}`);
}

/** Another process may have published the same package meanwhile; then ours is not needed. */
async function publish(library: string, place: string): Promise<void> {
  try {
    await rename(library, place);
  } catch (cause) {
    if (!existsSync(place)) throw cause;
  }
}
