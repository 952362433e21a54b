import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ManagedProcess, ProvisionHost } from '../../../engines/provisioner.ts';
import {
  openNodeNetworks,
  type PartableNetworks,
} from '../../../harness/provision/node-networks.ts';
import { createProvisionHost } from '../../../harness/provision/host.ts';

/** What a network needs can only be found out by trying. */
const can =
  spawnSync('unshare', ['--net', 'ip', 'link', 'add', 'probe0', 'type', 'veth']).status === 0;
const whyNot = can ? '' : ' (skipped: this machine makes no networks)';

/** Says what it hears; to whom it is told to connect, it says `hello` four times a second. */
const peer = `
const net = require('node:net');
const [, own, other] = process.argv;
net.createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(7000, own);
const dial = () => {
  const socket = net.connect(7000, other);
  const timer = setInterval(() => socket.write('hello'), 250);
  socket.on('data', () => console.log('heard')).on('error', () => {});
  socket.on('close', () => { clearInterval(timer); setTimeout(dial, 100); });
};
dial();
`;

describe.skipIf(!can)(`nodes in networks of their own${whyNot}`, () => {
  let directory: string;
  let host: ProvisionHost;
  let networks: PartableNetworks;
  let pids: number[];
  const cards = (): string[] =>
    readdirSync('/sys/class/net').filter((name) => name.startsWith('ackmark'));

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ackmark-networks-'));
    pids = [];
    host = createProvisionHost({
      portsFrom: randomInt(1_000_000),
      cacheDirectory: directory,
      environment: {},
      nodeExecutable: process.execPath,
      signal: new AbortController().signal,
      lifeLine: {
        guard: [],
        remember: (pid) => void pids.push(pid),
        forget: () => {},
        rememberDirectory: () => {},
        close: () => {},
      },
      note: () => {},
    });
    networks = await openNodeNetworks(host, directory, 3);
  });
  afterEach(async () => {
    await networks.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const startPeer = (member: number, other: number): Promise<ManagedProcess> =>
    host.start(
      networks.inside(member, {
        name: `peer ${member}`,
        command: process.execPath,
        arguments: ['-e', peer, networks.addressOf(member), networks.addressOf(other)],
        directory,
        environment: {},
        logFile: join(directory, `peer-${member}.log`),
      }),
    );

  it('reach each other until one is isolated, which this machine still reaches, and again afterwards', async () => {
    const peers = [await startPeer(0, 1), await startPeer(1, 0)];
    const [first] = peers;
    await first?.ready(() => first.logged('heard'), 10_000);
    expect(await networks.stuckWith(0)).toMatchObject({ open: 0, opening: 0 });
    await networks.isolate(0);
    await first?.ready(async () => (await networks.stuckWith(0)).open > 0, 10_000);
    expect(await answers(networks.addressOf(0))).toBe(true);
    expect(await networks.stuckWith(2)).toMatchObject({ open: 0 });
    await networks.rejoin(0);
    await first?.ready(async () => (await networks.stuckWith(0)).open === 0, 10_000);
    for (const one of peers) await one.kill('SIGKILL');
  }, 60_000);

  it('leave nothing behind when they are closed, and when their processes are killed', async () => {
    expect(cards()).not.toEqual([]);
    const before = cards().length;
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await expect.poll(() => cards().length, { timeout: 5_000 }).toBeLessThan(before);
  });
});

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 7000, timeout: 2_000 });
    const end = (is: boolean) => () => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}
