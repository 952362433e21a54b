import { fileURLToPath } from 'node:url';
import { nodeEnvironment } from '../embedded/node-environment.ts';
import { type Emulator, type EmulatorPlace, emulatorProvisioner } from './emulator.ts';
import { packageVersion } from './package-version.ts';

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const entry = fileURLToPath(new URL(`./fauxqs.entry.${suffix}`, import.meta.url));

const title = `fauxqs ${packageVersion('fauxqs', import.meta.url)}`;

/** fauxqs (https://github.com/kibertoad/fauxqs) as it is by default: SQS and SNS in the memory of a Node process. */
export const fauxqsProvisioner = emulatorProvisioner(fauxqs('fauxqs', title, () => []));

/** The same with a SQLite database, which it syncs with every message. */
export const sqliteProvisioner = emulatorProvisioner(
  fauxqs('fauxqs-sqlite', `${title} with SQLite`, ({ dataDirectory }) => [
    `--data=${dataDirectory}`,
  ]),
);

function fauxqs(
  kind: string,
  called: string,
  kept: (place: EmulatorPlace) => readonly string[],
): Emulator {
  return {
    kind,
    title: called,
    // It is a dependency: there is nothing to fetch.
    fetch: async () => {},
    command: async (host, place) => ({
      command: host.nodeExecutable,
      arguments: [entry, `--port=${place.port}`, ...kept(place)],
      environment: nodeEnvironment(host),
    }),
    readyPath: '/health',
    readyStatus: 200,
  };
}
