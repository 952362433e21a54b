import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { invariant } from '../../../harness/core/errors.ts';
import { nodeEnvironment } from '../../embedded/node-environment.ts';
import { NodeProcess } from '../../node-process.ts';
import type {
  Provisioned,
  Provisioner,
  ProvisionHost,
  ProvisionRequest,
} from '../../provisioner.ts';
import type { Target } from '../../target.ts';
import { type AwsService, serviceIn, serviceSettings, serviceWords } from './service.ts';

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const entry = fileURLToPath(new URL(`./front.entry.${suffix}`, import.meta.url));
const loopback = '127.0.0.1';
const readyMs = 30_000;
const graceMs = 1_000;

/** The same target, behind a proxy that does what the settings ask for; by itself where they ask for nothing. */
export function fronted(behind: Provisioner): Provisioner {
  return {
    fetch: (host) => behind.fetch(host),
    up: (host, request) => {
      const service = serviceIn(request.settings);
      return service.does === 'what-the-target-does'
        ? behind.up(host, request)
        : upBehind(behind, service, host, request);
    },
  };
}

/** Clients reach the target through it alone; what kills the target does not touch it. */
async function upBehind(
  behind: Provisioner,
  service: AwsService,
  host: ProvisionHost,
  request: ProvisionRequest,
): Promise<Provisioned> {
  const up = await behind.up(host, request);
  const process = new NodeProcess(host, 'proxy of AWS');
  const down = async (): Promise<void> => {
    try {
      await process.stop(graceMs);
    } finally {
      await up.down();
    }
  };
  try {
    const [upstream] = up.upstreams;
    invariant(upstream !== undefined, 'a target has a node');
    const front = { host: loopback, port: await host.freePort() };
    await process.start(
      {
        command: host.nodeExecutable,
        arguments: [
          entry,
          `--port=${front.port}`,
          `--upstream=${upstream.port}`,
          `--service=${JSON.stringify(service)}`,
        ],
        directory: request.directory,
        environment: nodeEnvironment(host),
        logFile: join(request.directory, 'proxy.log'),
      },
      (started) => started.logged('ready'),
      readyMs,
    );
    const told = (target: Target): Target => ({
      ...target,
      title: `${target.title} ${serviceWords(service)}`,
      settings: { ...target.settings, ...serviceSettings(service) },
    });
    const isProxied = request.proxies.length > 0;
    const target = { ...told(up.target), address: `http://${front.host}:${front.port}` };
    return {
      ...up,
      target,
      proxied: isProxied ? told(up.proxied) : target,
      upstreams: [front],
      down,
    };
  } catch (error) {
    await down();
    throw error;
  }
}
