import { access, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { definedEntries } from '../../harness/core/defined-entries.ts';
import { AckmarkError } from '../../harness/core/errors.ts';
import type { ProvisionHost } from '../provisioner.ts';
import { type Fetched, publish, requireJava, runMaven } from './maven.ts';

const unpackMs = 5 * 60_000;

/** A program for Java as its makers pack it: one archive with a directory in it. */
export interface Distribution extends Fetched {
  /** Of the cache; it has the version in it. */
  readonly directory: string;
  /** `group:artifact:version:tar.gz:classifier`. */
  readonly coordinate: string;
  /** Directories of the archive that are needed; the others stay in it. */
  readonly parts: readonly string[];
  /** What it takes on the disk while it is unpacked. */
  readonly megabytes: number;
}

export const rootOf = (host: ProvisionHost, { directory }: Distribution): string =>
  join(host.cacheDirectory, directory);

/** @throws AckmarkError TARGET_UNAVAILABLE without Java or Maven, FETCH_FAILED */
export async function fetchDistribution(
  host: ProvisionHost,
  distribution: Distribution,
): Promise<void> {
  await mkdir(host.cacheDirectory, { recursive: true });
  const directory = await mkdtemp(join(host.cacheDirectory, `.${distribution.directory}-fetch-`));
  const root = rootOf(host, distribution);
  const isThere = (): Promise<boolean> => isUnpacked(root);
  try {
    await requireJava(host, distribution, directory);
    if (await isThere()) return;
    await runMaven(host, distribution, directory, [
      'dependency:copy',
      `-Dartifact=${distribution.coordinate}`,
      '-DoutputDirectory=packed',
    ]);
    await unpack(host, distribution, directory);
    await publish(join(directory, 'unpacked'), root, {
      isThere,
      freeMegabytes: distribution.megabytes,
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function unpack(
  host: ProvisionHost,
  { title, parts, megabytes }: Distribution,
  directory: string,
): Promise<void> {
  const [archive = ''] = await readdir(join(directory, 'packed'));
  const unpacked = join(directory, 'unpacked');
  await mkdir(unpacked);
  try {
    await host.run(
      {
        name: `unpack ${title}`,
        command: 'tar',
        arguments: [
          '-xzf',
          join(directory, 'packed', archive),
          '-C',
          unpacked,
          '--strip-components=1',
          '--wildcards',
          ...parts.map((part) => `*/${part}`),
        ],
        directory,
        environment: definedEntries(host.environment),
        logFile: join(directory, 'unpack.log'),
      },
      unpackMs,
    );
  } catch (cause) {
    if (host.signal.aborted) throw cause;
    throw new AckmarkError('FETCH_FAILED', `cannot unpack ${title}`, {
      hint: `Check that tar is installed and that the cache directory has ${megabytes} MB free.`,
      cause,
    });
  }
}

/** Published by one rename: what is there at all is whole. */
async function isUnpacked(root: string): Promise<boolean> {
  try {
    await access(root);
    return true;
  } catch {
    // Not there yet, which is what was asked.
    return false;
  }
}
