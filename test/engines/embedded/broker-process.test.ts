import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { wire } from '../../../engines/embedded/wire.ts';
import type { Engine, Target } from '../../../engines/engine.ts';
import log from '../../../engines/log/engine.ts';
import { provisioner as logProvisioner } from '../../../engines/log/provision.ts';
import type { Provisioned, Provisioner } from '../../../engines/provisioner.ts';
import queue from '../../../engines/queue/engine.ts';
import { provisioner as queueProvisioner } from '../../../engines/queue/provision.ts';
import { Cell } from './actor.ts';
import { bringUp } from './bring-up.ts';
import { swallowingProxy } from './swallowing-proxy.ts';

const entry = fileURLToPath(
  new URL('../../../engines/embedded/host/broker.entry.ts', import.meta.url),
);
const undo: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

async function up(provisioner: Provisioner): Promise<Provisioned> {
  const provisioned = await bringUp(provisioner);
  undo.push(() => provisioned.down());
  return provisioned;
}

function cellOf<O>(cell: Cell<O>): Cell<O> {
  undo.push(() => cell.close());
  return cell;
}

function nodeOf(provisioned: Provisioned): Provisioned['nodes'][number] {
  const [node] = provisioned.nodes;
  if (node === undefined) throw new Error('no node');
  return node;
}

function distinct(bodies: readonly string[]): number {
  return new Set(bodies).size;
}

describe('after kill -9 and a restart on the same data', () => {
  test.each(['acks-1', 'idempotent'])(
    'log@%s has every acknowledged message, and its producer went on by itself',
    async (profile) => {
      const broker = await up(logProvisioner);
      const cell = cellOf(new Cell(log, profile));
      const deployed = await cell.deploy(broker.target, 2);
      const sender = await cell.sender(broker.target, deployed);
      let sent = 0;
      const next = (): string[] => Array.from({ length: 10 }, () => `m${sent++}`);
      for (let round = 0; round < 40; round += 1) {
        sender.send(next());
        if (round === 20) {
          const evidence = await nodeOf(broker).kill();
          expect(evidence.signal).toBe('SIGKILL');
          sender.send(next());
          await nodeOf(broker).restart();
        }
        await new Promise(setImmediate);
      }
      await sender.flush();
      expect([...cell.outcomes.values()].filter(({ outcome }) => outcome === 'ok')).toHaveLength(
        sent,
      );
      const got = await cell.receive(broker.target, deployed, (bodies) => distinct(bodies) >= sent);
      if (profile === 'idempotent') expect(got).toHaveLength(sent);
      expect(cell.disconnections).toEqual([]);
    },
  );

  test('log@acks-0 has lost what was sent to nobody, doubled nothing, and said ok to nothing', async () => {
    const broker = await up(logProvisioner);
    const cell = cellOf(new Cell(log, 'acks-0'));
    const deployed = await cell.deploy(broker.target);
    const sender = await cell.sender(broker.target, deployed);
    sender.send(['before']);
    await cell.receive(broker.target, deployed, (bodies) => bodies.includes('before'));
    await nodeOf(broker).kill();
    while (![...cell.outcomes.values()].some(({ code }) => code === 101)) {
      sender.send(['into the void']);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await nodeOf(broker).restart();
    const received = new AbortController();
    const got = cell.receive(broker.target, deployed, (bodies) => bodies.includes('after'));
    const again = (async () => {
      while (!received.signal.aborted) {
        sender.send(['after']);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const bodies = (await got).map(({ body }) => body.toString());
    received.abort();
    await again;
    expect(bodies).not.toContain('into the void');
    expect([...cell.outcomes.values()].every(({ outcome }) => outcome === 'unknown')).toBe(true);
  });

  test('queue@lease has every acknowledged message, and what was leased comes back counted', async () => {
    const broker = await up(queueProvisioner);
    const cell = cellOf(new Cell(queue, 'lease'));
    const deployed = await cell.deploy(broker.target);
    const sender = await cell.sender(broker.target, deployed);
    const bodies = Array.from({ length: 500 }, (_, index) => `m${index}`);
    sender.send(bodies);
    await sender.flush();
    const leased = cell.receive(broker.target, deployed, (got) => got.length >= 500, false);
    await leased;
    const leasedAgain = cell
      .receive(broker.target, deployed, () => false, false)
      .catch(() => 'cut');
    await nodeOf(broker).kill();
    expect(await leasedAgain).toBe('cut');
    await nodeOf(broker).restart();
    const got = await cell.receive(broker.target, deployed, (all) => distinct(all) >= 500);
    expect(got.map(({ body }) => body.toString()).toSorted()).toEqual(bodies.toSorted());
    expect(
      got.every(({ attempt, redelivered }) => redelivered === true && (attempt ?? 0) > 1),
    ).toBe(true);
  });
});

describe('when an answer is lost on its way', () => {
  async function loseOneAnswer<O>(
    engine: Engine<O>,
    provisioner: Provisioner,
    profile: string,
  ): Promise<{ copies: number; attempts: number; outcome: string; swallowed: number }> {
    const broker = await up(provisioner);
    const upstream = broker.upstreams[0]?.port ?? 0;
    const proxy = await swallowingProxy(wire, upstream, 1);
    undo.push(() => proxy.close());
    const proxied: Target = { ...broker.target, address: proxy.address };
    const cell = cellOf(new Cell(engine, profile));
    const deployed = await cell.deploy(broker.target);
    const sender = await cell.sender(proxied, deployed);
    const [ticket] = sender.send(['once']);
    await sender.flush();
    const direct = await cell.sender(broker.target, deployed);
    direct.send(['the end']);
    const got = await cell.receive(broker.target, deployed, (all) => all.includes('the end'));
    const settled = cell.outcomes.get(ticket ?? 0);
    return {
      copies: got.filter(({ body }) => body.toString() === 'once').length,
      attempts: settled?.attempts ?? 0,
      outcome: settled?.outcome ?? 'none',
      swallowed: proxy.swallowed(),
    };
  }

  test('log@acks-all sends again and stores two copies', async () => {
    expect(await loseOneAnswer(log, logProvisioner, 'acks-all')).toEqual({
      copies: 2,
      attempts: 2,
      outcome: 'ok',
      swallowed: 1,
    });
  });

  test('log@idempotent sends again and stores one', async () => {
    expect(await loseOneAnswer(log, logProvisioner, 'idempotent')).toEqual({
      copies: 1,
      attempts: 2,
      outcome: 'ok',
      swallowed: 1,
    });
  });

  test('queue@lease leaves the outcome unknown, for the harness to decide', async () => {
    expect(await loseOneAnswer(queue, queueProvisioner, 'lease')).toEqual({
      copies: 1,
      attempts: 1,
      outcome: 'unknown',
      swallowed: 1,
    });
  });
});

describe('a client that speaks garbage', () => {
  test.each([
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['an endless frame', Buffer.from('7fffffff000100000001', 'hex')],
    ['a request before the greeting', Buffer.from('00000006000a00000001', 'hex')],
  ])('(%s) is cut off with a line in the log, and others go on', async (_, garbage) => {
    const broker = await up(logProvisioner);
    const cell = cellOf(new Cell(log, 'acks-1'));
    const deployed = await cell.deploy(broker.target);
    const sender = await cell.sender(broker.target, deployed);
    sender.send(['before']);
    const { host, port } = broker.upstreams[0] ?? { host: '', port: 0 };
    await new Promise<void>((resolve) => {
      const socket = createConnection({ host, port }, () => socket.write(garbage));
      socket.on('error', () => {});
      socket.on('close', () => resolve());
    });
    sender.send(['after']);
    await sender.flush();
    expect([...cell.outcomes.values()].map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
    expect(readFileSync(nodeOf(broker).logFile, 'utf8')).toMatch(
      /^closed the connection from 127\.0\.0\.1:\d+: .+$/m,
    );
  });
});

describe('a broker process', () => {
  function directory(): string {
    const path = mkdtempSync(join(tmpdir(), 'ackmark-broker-'));
    undo.push(() => rmSync(path, { recursive: true, force: true }));
    return path;
  }

  /** Runs until it ends or prints `ready`. */
  function run(
    args: readonly string[],
  ): Promise<{ code: number | null; output: string; pid: number }> {
    const child = spawn(process.execPath, [entry, ...args]);
    undo.push(() => void child.kill('SIGKILL'));
    let output = '';
    return new Promise((resolve) => {
      const collect = (chunk: Buffer): void => {
        output += chunk.toString();
        if (output.includes('ready ')) resolve({ code: null, output, pid: child.pid ?? 0 });
      };
      child.stdout.on('data', collect);
      child.stderr.on('data', collect);
      child.on('close', (code) => resolve({ code, output, pid: child.pid ?? 0 }));
    });
  }

  test('refuses a directory that another one uses, and takes over one that was left by a kill', async () => {
    const data = directory();
    const args = ['--kind', 'log', '--port', '0', '--data', data];
    const first = await run(args);
    const second = await run(args);
    expect(second.code).toBe(1);
    expect(second.output).toContain(`${data} is in use by process ${first.pid}`);
    process.kill(first.pid, 'SIGKILL');
    await expect.poll(() => isAlive(first.pid)).toBe(false);
    expect((await run(args)).code).toBeNull();
  });

  test('does not start on a journal that is damaged in the middle, and says where', async () => {
    const broker = await bringUp(logProvisioner);
    const cell = new Cell(log, 'acks-1');
    const deployed = await cell.deploy(broker.target);
    const sender = await cell.sender(broker.target, deployed);
    for (const body of ['a', 'b', 'c']) {
      sender.send([body]);
      await sender.flush();
    }
    await cell.close();
    await nodeOf(broker).kill();
    const data = nodeOf(broker).dataDirectory;
    const [segment = ''] = readdirSync(data).filter((name) => name.endsWith('.journal'));
    const path = join(data, segment);
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(80) ^ 1, 80);
    writeFileSync(path, bytes);
    const args = ['--kind', 'log', '--port', '0', '--data', data];
    const refused = await run(args);
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(/journal segment 0 is damaged, and an intact record follows/);
    bytes.writeUInt8(bytes.readUInt8(80) ^ 1, 80);
    writeFileSync(path, bytes);
    appendFileSync(path, 'half a rec');
    const repaired = await run(args);
    expect(repaired.output).toContain('recovery cut off 10 bytes of a torn tail');
    await broker.down();
  });

  test.each([
    [['--kind', 'stack', '--port', '0', '--data', 'x'], /--kind must be one of log, queue, broker/],
    [['--kind', 'log', '--port', '70000', '--data', 'x'], /--port must be a whole number/],
    [['--kind', 'log', '--port', '0'], /--data must name a directory/],
    [['--kind', 'log', '--port', '0', '--data', 'x', '--fsync', 'often'], /--fsync must be/],
    [['--sort', 'log'], /--sort/],
  ])('refuses %j with exit code 64', async (args, message) => {
    const refused = await run(args);
    expect(refused.code).toBe(64);
    expect(refused.output).toMatch(message);
  });

  test('serves with every fsync policy and ends in order at SIGTERM', async () => {
    for (const fsync of ['never', 'interval:20', 'every-batch']) {
      const where = ['--port', '0', '--data', directory()];
      const started = await run(['--kind', 'log', ...where, '--fsync', fsync]);
      const port = /port=(\d+)/.exec(started.output)?.[1];
      const target: Target = {
        kind: 'external',
        title: 'log',
        address: `127.0.0.1:${port}`,
        nodes: 1,
        settings: {},
      };
      const cell = new Cell(log, 'acks-all');
      const deployed = await cell.deploy(target);
      expect(deployed.effective).toContain('replicas: 3, effective: 1 replica');
      const sender = await cell.sender(target, deployed);
      sender.send(['a', 'b']);
      await sender.flush();
      expect(await cell.receive(target, deployed, (all) => all.length === 2)).toHaveLength(2);
      await cell.close();
      process.kill(started.pid, 'SIGTERM');
      await expect.poll(() => isAlive(started.pid)).toBe(false);
    }
  });

  function isAlive(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }
});
