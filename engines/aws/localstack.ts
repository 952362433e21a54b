import { join } from 'node:path';
import { emulatorProvisioner } from './emulator.ts';
import { environmentOf, fetchPackage, type PythonPackage } from './python-package.ts';

const version = '2026.3.0';

/** Newer releases of the three that are pinned beside it have lost what it calls, and it needs this Python. */
const localstack: PythonPackage = {
  title: `LocalStack ${version}`,
  directory: `localstack-${version}`,
  requirements: [
    `localstack-core[runtime]==${version}`,
    'cbor2<5.8',
    'pyOpenSSL<26',
    'service_identity',
  ],
  python: 'python3.13',
  size: 'about 150 MB',
};

/** LocalStack (https://github.com/localstack/localstack), its free core: SQS and SNS in the memory of a Python process. */
export const localstackProvisioner = emulatorProvisioner({
  kind: 'localstack',
  title: localstack.title,
  fetch: (host) => fetchPackage(host, localstack),
  command: async (host, { port, dataDirectory }) => ({
    command: localstack.python,
    arguments: ['-m', 'localstack.runtime.main'],
    environment: {
      ...(await environmentOf(host, localstack)),
      GATEWAY_LISTEN: `127.0.0.1:${port}`,
      SERVICES: 'sqs,sns',
      LOCALSTACK_VOLUME_DIR: dataDirectory,
      FILESYSTEM_ROOT: join(dataDirectory, 'root'),
      // It would ask its maker's servers for both.
      SKIP_SSL_CERT_DOWNLOAD: '1',
      DISABLE_EVENTS: '1',
    },
  }),
  readyPath: '/_localstack/health',
  readyStatus: 200,
});
