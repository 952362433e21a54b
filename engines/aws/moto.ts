import { emulatorProvisioner } from './emulator.ts';
import { environmentOf, fetchPackage, type PythonPackage } from './python-package.ts';

const version = '5.2.5';

const moto: PythonPackage = {
  title: `moto ${version}`,
  directory: `moto-${version}`,
  requirements: [`moto[server]==${version}`],
  python: 'python3',
  size: 'about 100 MB',
};

/** moto (https://github.com/getmoto/moto): SQS, SNS, Kinesis and more in the memory of a Python process. */
export const motoProvisioner = emulatorProvisioner({
  kind: 'moto',
  title: moto.title,
  fetch: (host) => fetchPackage(host, moto),
  command: async (host, { port }) => ({
    command: moto.python,
    arguments: ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    environment: await environmentOf(host, moto),
  }),
  readyPath: '/moto-api/',
  readyStatus: 200,
});
