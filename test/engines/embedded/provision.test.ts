import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { provisioner as logProvisioner } from '../../../engines/log/provision.ts';
import type { ManagedProcess, ProvisionHost } from '../../../engines/provisioner.ts';
import { provisioner as queueProvisioner } from '../../../engines/queue/provision.ts';
import { AckmarkError } from '../../../harness/core/errors.ts';
import { createPortSource } from '../../../harness/provision/ports.ts';
import { bringUp } from './bring-up.ts';

interface Story {
  asked: number;
  stopped: number;
}

/** A host whose processes do nothing, and which gives up on them after `attempts` questions. */
function idleHost(port: number, attempts: number): { host: ProvisionHost; story: Story } {
  const story: Story = { asked: 0, stopped: 0 };
  const end = { code: 0, signal: null };
  const idle: ManagedProcess = {
    pid: 1,
    ended: Promise.resolve(end),
    logged: () => Promise.resolve(false),
    kill: () => Promise.resolve(end),
    signal: () => undefined,
    stop: () => {
      story.stopped += 1;
      return Promise.resolve(end);
    },
    ready: async (isReady) => {
      while (story.asked < attempts) {
        story.asked += 1;
        if (await isReady()) return;
      }
      throw new AckmarkError('TARGET_NOT_READY', 'it was not ready', { hint: 'Look at its log.' });
    },
  };
  const host: ProvisionHost = {
    cacheDirectory: '/nowhere',
    environment: {},
    nodeExecutable: process.execPath,
    signal: new AbortController().signal,
    note: () => {},
    freePort: () => Promise.resolve(port),
    start: () => Promise.resolve(idle),
    run: () => Promise.resolve(''),
  };
  return { host, story };
}

function startLog(host: ProvisionHost) {
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-embedded-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return logProvisioner.up(host, { nodes: 1, settings: {}, directory, proxies: [] });
}

test('a port where another kind of broker answers is told at once', async () => {
  const queue = await bringUp(queueProvisioner);
  onTestFinished(() => queue.down());
  const { host, story } = idleHost(Number(queue.target.address.split(':')[1]), 10);
  await expect(startLog(host)).rejects.toMatchObject({
    code: 'CONNECT_FAILED',
    cause: { message: 'it is a queue, not a log' },
  });
  expect(story).toEqual({ asked: 1, stopped: 1 });
});

test('a port where nobody answers is asked again, and the last answer is told with the end', async () => {
  const { host, story } = idleHost(await createPortSource({ from: process.pid })(), 3);
  await expect(startLog(host)).rejects.toMatchObject({
    code: 'TARGET_NOT_READY',
    message: 'it was not ready',
    hint: 'Look at its log.',
    cause: { cause: { code: 'ECONNREFUSED' } },
  });
  expect(story).toEqual({ asked: 3, stopped: 1 });
});
