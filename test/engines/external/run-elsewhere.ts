import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../harness/cli/main.ts';
import { brokerKeyOf } from '../../../harness/record/run-directory.ts';
import { type RunRecord, runRecord } from '../../../harness/record/schema.ts';
import { fakeHost } from '../../harness/cli/fake-host.ts';

export interface RunElsewhere {
  readonly exitCode: number;
  readonly record: RunRecord;
  /** In the name of everything that the run made on the broker. */
  readonly brokerKey: string;
  /** Everything that was printed. */
  readonly story: string;
  /** The files of the run, and the streams, in which one of these strings is. */
  placesOf(secrets: readonly string[]): readonly string[];
}

/** Runs `ackmark run <line>` to its end in this process, with these variables beside those of the tests. */
export async function runElsewhere(
  environment: Readonly<Record<string, string>>,
  line: string,
): Promise<RunElsewhere> {
  const host = fakeHost(['run', '--seed', '3', '--no-controls', ...line.split(' ')], {
    environment: { ...process.env, ...environment },
  });
  const exitCode = await main(host);
  const runs = join(host.directory, 'runs');
  const [id = ''] = readdirSync(runs).filter((name) => name !== 'latest');
  const record = runRecord.parse(JSON.parse(readFileSync(join(runs, id, 'run.json'), 'utf8')));
  const story = `${host.err()}\n${host.out()}`;
  return {
    exitCode,
    record,
    brokerKey: brokerKeyOf(record.id, hostname(), host.pid),
    story,
    placesOf: (secrets) => placesOf(runs, story, secrets),
  };
}

function placesOf(directory: string, story: string, secrets: readonly string[]): readonly string[] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const hidden = secrets.flatMap(asWritten);
  const holds = (bytes: Buffer): boolean => hidden.some((secret) => bytes.includes(secret));
  return [
    ...files.filter((file) => holds(readFileSync(file))),
    ...(holds(Buffer.from(story)) ? ['the streams'] : []),
  ];
}

/** As it is, and as JSON, a URL, SASL PLAIN and base64 have it. */
function asWritten(secret: string): readonly string[] {
  const plain = Buffer.from(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    plain.toString('base64').replace(/=+$/, '').slice(0, -1),
  ];
}
