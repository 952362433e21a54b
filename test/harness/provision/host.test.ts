import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProcessSpec, ProvisionHost } from '../../../engines/provisioner.ts';
import { definedEntries } from '../../../harness/core/defined-entries.ts';
import { createProvisionHost } from '../../../harness/provision/host.ts';

const lifeLine = {
  guard: [],
  remember: () => {},
  forget: () => {},
  rememberDirectory: () => {},
  close: () => {},
};

function script(text: string, signal = new AbortController().signal, command = process.execPath) {
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-host-'));
  const host = createProvisionHost({
    portsFrom: randomInt(1_000_000),
    cacheDirectory: directory,
    environment: {},
    nodeExecutable: process.execPath,
    signal,
    lifeLine,
    note: () => {},
  });
  const spec = {
    name: 'script',
    command,
    arguments: ['-e', text],
    directory,
    environment: {},
    logFile: join(directory, 'log'),
  };
  return (timeoutMs: number) => host.run(spec, timeoutMs);
}

describe('a command that is run to its end', () => {
  it('gives back what it printed', async () => {
    expect(await script('console.log(6 * 7)')(20_000)).toBe('42\n');
  });

  it('fails with its exit code and the end of its output', async () => {
    const failing = script('console.log("half"); console.error("no space"); process.exit(3)');
    await expect(failing(20_000)).rejects.toMatchObject({
      code: 'FETCH_FAILED',
      message: expect.stringMatching(/ended with 3\nhalf[\s\S]*no space/),
    });
  });

  it('says that it was given up when it took too long', async () => {
    await expect(script('setInterval(() => {}, 1000)')(100)).rejects.toMatchObject({
      code: 'FETCH_FAILED',
      message: expect.stringContaining('was given up after 0.1 s'),
    });
  });

  it('is interrupted, which is nothing that installing a program would mend', async () => {
    const stop = new AbortController();
    const running = script('setInterval(() => {}, 1000)', stop.signal)(20_000);
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  it('says what to install when there is no such program', async () => {
    const signal = new AbortController().signal;
    await expect(script('', signal, 'no-such-program')(1_000)).rejects.toMatchObject({
      code: 'TARGET_UNAVAILABLE',
      hint: expect.stringContaining('no-such-program'),
    });
  });
});

describe('what a child is started with', () => {
  const environment = {
    PATH: process.env['PATH'],
    https_proxy: 'http://proxy.example:3128',
    ACKMARK_RABBITMQ_PASSWORD: 'pl4nted-Secret-77',
    Ackmark_Nats_Token: 'pl4nted-Secret-78',
    ACKMARK_CACHE: '/somewhere',
  };
  const show = 'console.log(JSON.stringify(process.env))';

  it.each(['run', 'start'] as const)(
    'by %s: all of ours but what is meant for us',
    async (method) => {
      const directory = mkdtempSync(join(tmpdir(), 'ackmark-host-'));
      const host = createProvisionHost({
        portsFrom: randomInt(1_000_000),
        cacheDirectory: directory,
        environment,
        nodeExecutable: process.execPath,
        signal: new AbortController().signal,
        lifeLine,
        note: () => {},
      });
      const spec = {
        name: 'script',
        command: process.execPath,
        arguments: ['-e', show],
        directory,
        environment: definedEntries(host.environment),
        logFile: join(directory, 'log'),
      };
      const told = method === 'run' ? await host.run(spec, 20_000) : await printedBy(host, spec);
      const { PATH, https_proxy } = environment;
      const got = JSON.parse(told);
      expect(got).toMatchObject({ PATH, https_proxy });
      expect(Object.keys(got).filter((name) => /^ackmark_/i.test(name))).toEqual([]);
      expect(told).not.toContain('pl4nted-Secret');
    },
  );
});

async function printedBy(host: ProvisionHost, spec: ProcessSpec): Promise<string> {
  const child = await host.start(spec);
  expect(await child.ended).toEqual({ code: 0, signal: null });
  return readFileSync(spec.logFile, 'utf8');
}
