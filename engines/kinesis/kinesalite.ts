import { fileURLToPath } from 'node:url';
import { emulatorProvisioner } from '../aws/emulator.ts';
import { packageVersion } from '../aws/package-version.ts';
import { nodeEnvironment } from '../embedded/node-environment.ts';

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const entry = fileURLToPath(new URL(`./kinesalite.entry.${suffix}`, import.meta.url));

/** kinesalite (https://github.com/mhart/kinesalite): Kinesis in a Node process, kept in a LevelDB. */
export const kinesaliteProvisioner = emulatorProvisioner({
  kind: 'kinesalite',
  title: `kinesalite ${packageVersion('kinesalite', import.meta.url)} with LevelDB`,
  // It is a dependency: there is nothing to fetch.
  fetch: async () => {},
  command: async (host, { port, dataDirectory }) => ({
    command: host.nodeExecutable,
    arguments: [entry, `--port=${port}`, `--data=${dataDirectory}`],
    environment: nodeEnvironment(host),
  }),
  // It has no page for this, and refuses whoever asks for one.
  readyPath: '/',
  readyStatus: 403,
});
