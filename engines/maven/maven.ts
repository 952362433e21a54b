import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { definedEntries } from '../../harness/core/defined-entries.ts';
import { AckmarkError, describeError } from '../../harness/core/errors.ts';
import type { ProvisionHost } from '../provisioner.ts';

const fetchMs = 10 * 60_000;
const probeMs = 30_000;

/** What is fetched: a program for Java. */
export interface Fetched {
  /** `Apache Kafka 4.4.0`. */
  readonly title: string;
  /** As somebody who starts it says: `a local Kafka`. */
  readonly name: string;
}

/** @throws AckmarkError TARGET_UNAVAILABLE where there is no Java */
export function requireJava(host: ProvisionHost, what: Fetched, directory: string): Promise<void> {
  return probe(host, what, {
    directory,
    command: 'java',
    hint: 'Install a Java runtime of version 17 or newer.',
  });
}

/** Fetches what `goal` and its arguments say. @throws AckmarkError TARGET_UNAVAILABLE without Maven, FETCH_FAILED */
export async function runMaven(
  host: ProvisionHost,
  what: Fetched,
  directory: string,
  goal: readonly string[],
): Promise<void> {
  const hint = 'Install Apache Maven; it fetches the broker.';
  await probe(host, what, { directory, command: 'mvn', hint });
  host.note(`fetching ${what.title} with Maven`);
  try {
    await host.run(
      {
        name: `fetch ${what.title}`,
        command: 'mvn',
        arguments: ['-B', '-q', ...goal],
        directory,
        environment: definedEntries(host.environment),
        logFile: join(directory, 'fetch.log'),
      },
      fetchMs,
    );
  } catch (cause) {
    if (host.signal.aborted) throw cause;
    throw new AckmarkError('FETCH_FAILED', `Maven could not fetch ${what.title}`, {
      hint: 'Check that Maven reaches a repository: its settings.xml, a mirror, or a proxy.',
      cause,
    });
  }
}

/** Another process may have published the same files meanwhile; then ours are not needed. */
export async function publish(
  from: string,
  to: string,
  { isThere, freeMegabytes }: { readonly isThere: () => Promise<boolean>; freeMegabytes: number },
): Promise<void> {
  try {
    await rename(from, to);
  } catch (cause) {
    if (await isThere()) return;
    throw new AckmarkError('FETCH_FAILED', `cannot put the broker into ${to}`, {
      hint: `Check that the cache directory is writable and has ${freeMegabytes} MB free.`,
      cause,
    });
  }
}

async function probe(
  host: ProvisionHost,
  { name }: Fetched,
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
