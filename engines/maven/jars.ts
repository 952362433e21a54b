import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { definedEntries } from '../../harness/core/defined-entries.ts';
import { AckmarkError, describeError } from '../../harness/core/errors.ts';
import type { ProvisionHost } from '../provisioner.ts';

const fetchMs = 10 * 60_000;
const probeMs = 30_000;

/** A program for Java, with everything that it needs, as Maven resolves it. */
export interface Jars {
  /** `Apache Kafka 4.4.0`. */
  readonly title: string;
  /** As somebody who starts it says: `a local Kafka`. */
  readonly name: string;
  /** Of the cache; it has the version in it. */
  readonly directory: string;
  /** `group:artifact:version`. */
  readonly coordinates: readonly string[];
}

/** What `java -cp` takes. */
export const classPathOf = (host: ProvisionHost, jars: Jars): string =>
  join(libraryOf(host, jars), '*');

/** @throws AckmarkError TARGET_UNAVAILABLE without Java or Maven, FETCH_FAILED */
export async function fetchJars(host: ProvisionHost, jars: Jars): Promise<void> {
  await mkdir(host.cacheDirectory, { recursive: true });
  const directory = await mkdtemp(join(host.cacheDirectory, `.${jars.directory}-fetch-`));
  const probed = (command: string, hint: string): Promise<void> =>
    probe(host, jars, { directory, command, hint });
  try {
    await probed('java', 'Install a Java runtime of version 17 or newer.');
    if (await isFilled(libraryOf(host, jars))) return;
    await probed('mvn', 'Install Apache Maven; it fetches the broker.');
    host.note(`fetching ${jars.title} with Maven`);
    await writeFile(join(directory, 'pom.xml'), pomOf(jars));
    await copyDependencies(host, jars, directory);
    await publish(join(directory, 'lib'), libraryOf(host, jars));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const libraryOf = (host: ProvisionHost, { directory }: Jars): string =>
  join(host.cacheDirectory, directory);

function pomOf({ directory, coordinates }: Jars): string {
  const dependencies = coordinates.map((coordinate) => {
    const [group, artifact, version] = coordinate.split(':');
    return `    <dependency>
      <groupId>${group}</groupId><artifactId>${artifact}</artifactId>
      <version>${version}</version>
    </dependency>
`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>ackmark</groupId><artifactId>${directory}</artifactId><version>1</version>
  <packaging>pom</packaging>
  <dependencies>
${dependencies.join('')}  </dependencies>
</project>
`;
}

async function copyDependencies(
  host: ProvisionHost,
  { title }: Jars,
  directory: string,
): Promise<void> {
  try {
    await host.run(
      {
        name: `fetch ${title}`,
        command: 'mvn',
        arguments: [
          '-B',
          '-q',
          'dependency:copy-dependencies',
          '-DincludeScope=runtime',
          '-DoutputDirectory=lib',
        ],
        directory,
        environment: definedEntries(host.environment),
        logFile: join(directory, 'fetch.log'),
      },
      fetchMs,
    );
  } catch (cause) {
    if (host.signal.aborted) throw cause;
    throw new AckmarkError('FETCH_FAILED', `Maven could not fetch ${title}`, {
      hint: 'Check that Maven reaches a repository: its settings.xml, a mirror, or a proxy.',
      cause,
    });
  }
}

/** Another process may have published the same files meanwhile; then ours are not needed. */
async function publish(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (cause) {
    if (await isFilled(to)) return;
    throw new AckmarkError('FETCH_FAILED', `cannot put the broker into ${to}`, {
      hint: 'Check that the cache directory is writable and has 50 MB free.',
      cause,
    });
  }
}

async function probe(
  host: ProvisionHost,
  { name }: Jars,
  {
    directory,
    command,
    hint,
  }: { readonly directory: string; readonly command: string; readonly hint: string },
): Promise<void> {
  try {
    await host.run(
      {
        name: `look for ${command}`,
        command,
        arguments: ['-version'],
        directory,
        environment: definedEntries(host.environment),
        logFile: join(directory, `${command}.log`),
      },
      probeMs,
    );
  } catch (cause) {
    if (host.signal.aborted) throw cause;
    throw new AckmarkError(
      'TARGET_UNAVAILABLE',
      `${name} needs ${command}: ${describeError(cause)}`,
      { hint, cause },
    );
  }
}

async function isFilled(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).some((name) => name.endsWith('.jar'));
  } catch {
    // Not there yet, which is what was asked.
    return false;
  }
}
