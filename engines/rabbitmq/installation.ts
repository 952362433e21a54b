import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The packages' own start script; the one in /usr/sbin would change user first. */
export const serverScript = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** A RabbitMQ that can be started: an unpacked system of its own, or what the host has installed. */
export interface Installation {
  readonly kind: 'unpacked' | 'host';
  readonly root: string;
  readonly version: string;
}

/** Undefined when `root` does not hold a complete installation of the server and Erlang. */
export async function installationIn(
  root: string,
  kind: Installation['kind'],
): Promise<Installation | undefined> {
  const library = join(root, 'usr/lib/rabbitmq/lib');
  if (!existsSync(join(root, serverScript)) || !existsSync(library)) return undefined;
  if (!existsSync(join(root, 'usr/lib/erlang'))) return undefined;
  const versions = (await readdir(library)).flatMap(
    (name) => /^rabbitmq_server-([0-9]+(?:\.[0-9]+)+)$/.exec(name)?.[1] ?? [],
  );
  const [version] = versions;
  return version === undefined ? undefined : { kind, root, version };
}
