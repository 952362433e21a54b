import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProvisionHost } from '../provisioner.ts';
import { type Fetched, publish, requireJava, runMaven } from './maven.ts';

/** A program for Java, with everything that it needs, as Maven resolves it. */
export interface Jars extends Fetched {
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
  const isThere = (): Promise<boolean> => isFilled(libraryOf(host, jars));
  try {
    await requireJava(host, jars, directory);
    if (await isThere()) return;
    await writeFile(join(directory, 'pom.xml'), pomOf(jars));
    await runMaven(host, jars, directory, [
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      '-DoutputDirectory=lib',
    ]);
    await publish(join(directory, 'lib'), libraryOf(host, jars), { isThere, freeMegabytes: 50 });
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

async function isFilled(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).some((name) => name.endsWith('.jar'));
  } catch {
    // Not there yet, which is what was asked.
    return false;
  }
}
