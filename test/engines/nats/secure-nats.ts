import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchServer, serverBinary } from '../../../engines/nats/server-binary.ts';
import { type Certificates, makeCertificates } from '../external/certificates.ts';
import { liveHost } from '../rabbitmq/live-broker.ts';

const readyMs = 30_000;
const graceMs = 5_000;

export interface SecureNats {
  readonly certificates: Certificates;
  readonly port: number;
  stop(): Promise<void>;
}

/** Users with the same password who may not publish to some subjects each. */
export const denied = {
  streams: '$JS.API.STREAM.CREATE.>',
  messages: '*.*',
  pulls: '$JS.API.CONSUMER.MSG.NEXT.>',
  acks: '$JS.ACK.>',
} as const;

export const without = (user: string, what: keyof typeof denied): string =>
  `${user}-without-${what}`;

/** One server with JetStream that wants a login, and TLS unless it is `in-the-clear`. */
export async function startSecureNats(
  user: string,
  password: string,
  kind: 'tls' | 'in-the-clear',
): Promise<SecureNats> {
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-secure-nats-'));
  const certificates = makeCertificates(directory);
  const { host, close } = liveHost(directory);
  await fetchServer(host);
  const port = await host.freePort();
  const { certificate, key } = certificates.server;
  const tls = `tls { cert_file: "${certificate}", key_file: "${key}" }\n`;
  const configuration = join(directory, 'server.conf');
  writeFileSync(
    configuration,
    `listen: "127.0.0.1:${port}"
jetstream { store_dir: "${join(directory, 'data')}" }
authorization {
  users: [
    { user: "${user}", password: "${password}" }
    ${Object.entries(denied)
      .map(
        ([what, subjects]) =>
          `{ user: "${user}-without-${what}", password: "${password}", permissions: { publish: { deny: "${subjects}" } } }`,
      )
      .join('\n    ')}
  ]
}
${kind === 'tls' ? tls : ''}`,
  );
  const server = await host.start({
    name: 'a NATS server with a login',
    command: serverBinary(host),
    arguments: ['--config', configuration],
    directory,
    environment: {},
    logFile: join(directory, 'server.log'),
  });
  const stop = async (): Promise<void> => {
    await server.stop(graceMs);
    close();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await server.ready(() => takesConnections(port), readyMs);
  } catch (error) {
    await stop();
    throw error;
  }
  return { certificates, port, stop };
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (is: boolean) => () => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
  });
}
