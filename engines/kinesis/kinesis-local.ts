import { dirname, join } from 'node:path';
import { emulatorProvisioner } from '../aws/emulator.ts';
import { packageFile, packageVersion } from '../aws/package-version.ts';
import { nodeEnvironment } from '../embedded/node-environment.ts';

const manifest = packageFile('kinesis-local', import.meta.url);

/**
 * kinesis-local (https://github.com/etspaceman/kinesis-mock) as it is by default: Kinesis in the memory of a Node process.
 * The copy of it that it can write to the disk now and then is nothing to go on with after a crash
 * (`kinesis-local-torn-copy`).
 */
export const kinesisLocalProvisioner = emulatorProvisioner({
  kind: 'kinesis-local',
  title: `kinesis-local ${packageVersion('kinesis-local', import.meta.url)}`,
  // It is a dependency: there is nothing to fetch.
  fetch: async () => {},
  command: async (host, { port }) => ({
    command: host.nodeExecutable,
    arguments: [join(dirname(manifest), 'main.js')],
    environment: {
      ...nodeEnvironment(host),
      KINESIS_MOCK_PLAIN_PORT: String(port),
      KINESIS_MOCK_TLS_PORT: String(await host.freePort()),
      KINESIS_MOCK_CERT_PATH: join(dirname(manifest), 'server.json'),
      CREATE_STREAM_DURATION: '0ms',
      DELETE_STREAM_DURATION: '0ms',
      UPDATE_SHARD_COUNT_DURATION: '0ms',
      SPLIT_SHARD_DURATION: '0ms',
      MERGE_SHARDS_DURATION: '0ms',
      SHARD_LIMIT: '1000',
      LOG_LEVEL: 'ERROR',
    },
  }),
  readyPath: '/healthcheck',
  readyStatus: 200,
});
