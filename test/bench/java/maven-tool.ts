import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A tool for the JVM, as Maven knows it. */
export interface MavenTool {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
}

const fetchMs = 10 * 60_000;

/**
 * Fetches a tool with all that it needs, once, into the cache.
 *
 * @returns its class path
 */
export async function fetchTool(tool: MavenTool, cacheDirectory: string): Promise<string> {
  const { group, artifact, version } = tool;
  const place = join(cacheDirectory, `${artifact}-${version}`);
  if (!existsSync(place)) {
    mkdirSync(cacheDirectory, { recursive: true });
    const scratch = mkdtempSync(join(cacheDirectory, `.${artifact}-fetch-`));
    try {
      writeFileSync(join(scratch, 'pom.xml'), pomOf(tool));
      await promisify(execFile)(
        'mvn',
        [
          '-B',
          '-q',
          'dependency:copy-dependencies',
          '-DincludeScope=runtime',
          '-DoutputDirectory=lib',
        ],
        { cwd: scratch, timeout: fetchMs },
      );
      renameSync(join(scratch, 'lib'), place);
    } catch (cause) {
      throw new Error(`Maven could not fetch ${group}:${artifact}:${version}`, { cause });
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  return join(place, '*');
}

function pomOf({ group, artifact, version }: MavenTool): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>ackmark</groupId><artifactId>bench</artifactId><version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>${group}</groupId><artifactId>${artifact}</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`;
}
