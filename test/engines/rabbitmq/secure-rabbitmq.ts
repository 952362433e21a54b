import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { rootDirectory } from '../../../engines/rabbitmq/debian-root.ts';
import engine from '../../../engines/rabbitmq/engine.ts';
import { installationIn } from '../../../engines/rabbitmq/installation.ts';
import { releases } from '../../../engines/rabbitmq/releases.ts';
import type { ProvisionHost } from '../../../engines/provisioner.ts';
import { type Certificates, makeCertificates } from '../external/certificates.ts';
import { liveHost } from './live-broker.ts';

export interface SecureRabbit {
  readonly certificates: Certificates;
  /** The one with TLS takes client certificates and asks for none; the other speaks in the clear. */
  readonly ports: { readonly tls: number; readonly plain: number };
  down(): Promise<void>;
}

export interface RabbitUser {
  readonly name: string;
  readonly password: string;
  /** Of the virtual host `/`, by regular expressions; none: it may not enter. */
  readonly rights:
    | { readonly configure: string; readonly write: string; readonly read: string }
    | undefined;
}

/** A node of the local provisioner, started again with a listener for TLS and with users of its own. */
export async function startSecureRabbit(users: readonly RabbitUser[]): Promise<SecureRabbit> {
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-secure-rabbitmq-'));
  const certificates = makeCertificates(directory);
  const { host, close } = liveHost(directory);
  const provisioner = await engine.provisioners.local();
  const up = await provisioner.up(host, { nodes: 1, settings: {}, directory, proxies: [] });
  const tls = await host.freePort();
  const [node] = up.nodes;
  const [upstream] = up.upstreams;
  if (node === undefined || upstream === undefined) throw new Error('a target of no nodes');
  const down = async (): Promise<void> => {
    await up.down();
    close();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await node.stop();
    await secure(host, directory, certificates, tls, users);
    await node.restart();
  } catch (error) {
    await down();
    throw error;
  }
  return { certificates, ports: { tls, plain: upstream.port }, down };
}

async function secure(
  host: ProvisionHost,
  directory: string,
  { ca, server }: Certificates,
  port: number,
  users: readonly RabbitUser[],
): Promise<void> {
  // As the broker sees its directory from inside its root.
  const isUnpacked =
    (await installationIn(rootDirectory(host, releases.local), 'unpacked')) !== undefined;
  const inside = isUnpacked ? '/ackmark' : directory;
  const seen = (file: string): string => join(inside, basename(file));
  const definitions = join(directory, 'definitions.json');
  writeFileSync(definitions, JSON.stringify(definitionsOf(users)));
  const configuration = join(directory, 'node-1', 'rabbitmq.conf');
  const settings = [
    `listeners.ssl.default = 127.0.0.1:${port}`,
    `ssl_options.cacertfile = ${seen(ca)}`,
    `ssl_options.certfile = ${seen(server.certificate)}`,
    `ssl_options.keyfile = ${seen(server.key)}`,
    'ssl_options.verify = verify_peer',
    'ssl_options.fail_if_no_peer_cert = false',
    `load_definitions = ${seen(definitions)}`,
    '',
  ];
  writeFileSync(configuration, readFileSync(configuration, 'utf8') + settings.join('\n'));
}

/** What the broker takes for them when it starts, beside the guest that its readiness is asked by. */
function definitionsOf(users: readonly RabbitUser[]) {
  return {
    vhosts: [{ name: '/' }],
    users: users.map(({ name, password }) => ({
      name,
      password_hash: saltedHash(password),
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: [],
    })),
    permissions: users.flatMap(({ name, rights }) =>
      rights === undefined ? [] : [{ user: name, vhost: '/', ...rights }],
    ),
  };
}

/** Four bytes of salt, and SHA-256 of the salt and the password (RabbitMQ docs, passwords). */
function saltedHash(password: string): string {
  const salt = Buffer.from('salt');
  const digest = createHash('sha256').update(salt).update(password).digest();
  return Buffer.concat([salt, digest]).toString('base64');
}
