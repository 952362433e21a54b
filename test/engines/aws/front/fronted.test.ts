import { expect, test } from 'vitest';
import { fronted } from '../../../../engines/aws/front/fronted.ts';
import { serviceSettings } from '../../../../engines/aws/front/service.ts';
import type {
  ManagedProcess,
  Provisioner,
  ProvisionHost,
} from '../../../../engines/provisioner.ts';

const target = { kind: 'planted', title: 'Planted 1', address: 'http://x', nodes: 1, settings: {} };

/** A target that counts how often it was put down, behind a proxy that does not let itself be stopped. */
function stubborn(isReady: boolean) {
  const downs: string[] = [];
  const behind: Provisioner = {
    fetch: () => Promise.resolve(),
    up: async () => ({
      target,
      proxied: target,
      upstreams: [{ host: '127.0.0.1', port: 1 }],
      nodes: [],
      down: async () => void downs.push('target'),
    }),
  };
  const process = {
    ended: new Promise(() => undefined),
    ready: async () => {
      if (!isReady) throw new Error('not ready');
    },
    kill: async () => ({ code: null, signal: 'SIGKILL' }),
    stop: () => Promise.reject(new Error('not to be stopped')),
  } as unknown as ManagedProcess;
  const host = {
    nodeExecutable: 'node',
    environment: {},
    freePort: () => Promise.resolve(2),
    start: () => Promise.resolve(process),
  } as unknown as ProvisionHost;
  const settings = serviceSettings({ does: 'limit-calls', callsPerSecond: 300 });
  const up = () => fronted(behind).up(host, { nodes: 1, settings, directory: '/tmp', proxies: [] });
  return { up, downs };
}

test('the target is put down though its proxy cannot be stopped', async () => {
  const { up, downs } = stubborn(true);
  const provisioned = await up();
  await expect(provisioned.down()).rejects.toThrow('not to be stopped');
  expect(downs).toEqual(['target']);
});

test('the target is put down though its proxy neither came up nor can be stopped', async () => {
  const { up, downs } = stubborn(false);
  await expect(up()).rejects.toThrow();
  expect(downs).toEqual(['target']);
});
