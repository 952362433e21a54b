import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import engine from '../../../engines/rabbitmq/engine.ts';
import type { RabbitOptions } from '../../../engines/rabbitmq/options.ts';
import { type LiveBroker, live, startLiveBroker, whyNotLive } from './live-broker.ts';
import { processesOf } from './processes-of.ts';
import {
  actor,
  manual,
  numbered,
  RecordedConsumer,
  RecordedProducer,
  topologyNamed,
  transient,
  until,
} from './recording.ts';

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

describe.skipIf(!live)(`a local broker (${whyNotLive})`, () => {
  let broker: LiveBroker;
  beforeAll(async () => {
    broker = await startLiveBroker([{ host: '127.0.0.1', port: 9 }]);
  });
  afterAll(() => broker.down());

  test('has its version in the title, and the proxy in the proxied target', () => {
    const { target, proxied, upstreams } = broker.up;
    expect(target.title).toMatch(/^RabbitMQ \d+\.\d+/);
    expect(proxied.address).toBe('127.0.0.1:9');
    expect(target.address).toBe(`127.0.0.1:${upstreams[0]?.port}`);
  });

  test('is the process that is killed, comes back on its port, and keeps what is persistent', async () => {
    const kept = await surviveKill('kept', manual);
    expect(kept.sent).toBe(3_000);
    expect(new Set(kept.received).size).toBe(3_000);
  });

  test('discards transient messages at a restart, confirmed or not', async () => {
    const { sent, received } = await surviveKill('discarded', transient);
    expect(sent).toBe(3_000);
    expect(received).toEqual([]);
  });

  /** Confirms 3,000 messages, kills and restarts the node, and reads what is left. */
  async function surviveKill(name: string, options: RabbitOptions) {
    const node = broker.up.nodes[0];
    if (node === undefined) throw new Error('no node');
    const administration = await engine.administer(broker.up.target, options);
    const deployed = await administration.apply(topologyNamed(name));
    const session = await engine.connect(broker.up.target, options, actor);
    const sink = new RecordedProducer();
    const producer = await session.producer?.({ deployed }, sink);
    producer?.send(numbered(3_000));
    await producer?.flush();
    const pid = node.pid();
    expect(readFileSync(`/proc/${pid}/comm`, 'utf8')).toBe('beam.smp\n');
    expect(await node.kill()).toEqual({ pid, signal: 'SIGKILL' });
    expect(() => node.pid()).toThrow(/down/);
    // The name server is not the node's own.
    expect(processesOf(broker.directory)).not.toContain('beam.smp');
    expect(processesOf(broker.directory)).toContain('epmd');
    await until(() => sink.disconnections.length === 1);
    await node.restart();
    expect(node.pid()).not.toBe(pid);
    await session.close();
    // The administration's own connection broke as well; it meets the restarted broker by itself.
    const backlog = await administration.backlog(deployed, 0);
    const ready = backlog.by === 'exact-depth' ? backlog.ready : Number.NaN;
    const reader = await engine.connect(broker.up.target, options, actor);
    const deliveries = new RecordedConsumer();
    const spec = { deployed, subscription: 0, start: { at: 'earliest' } } as const;
    const consumer = await reader.consumer?.(spec, deliveries);
    consumer?.request(4_000);
    await until(() => deliveries.deliveries.length >= ready);
    await consumer?.fence?.();
    await reader.close();
    await administration.remove(deployed);
    await administration.close();
    const sent = [...sink.outcomes.values()].filter(({ outcome }) => outcome === 'ok').length;
    return { sent, received: deliveries.bodies() };
  }

  test('leaves nothing after an orderly end', async () => {
    const other = await startLiveBroker();
    const port = other.up.upstreams[0]?.port ?? 0;
    expect(processesOf(other.directory)).toContain('beam.smp');
    expect(processesOf(other.directory)).toContain('epmd');
    await other.down();
    await other.up.down();
    expect(processesOf(other.directory)).toEqual([]);
    expect(await isFree(port)).toBe(true);
  });

  test.each([1, 3])(
    'leaves nothing of %i nodes when the process that started them is killed with SIGKILL',
    async (nodes) => {
      const holding = new URL('./holding.ts', import.meta.url).pathname;
      const parent = spawn(process.execPath, [holding, String(nodes)], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: process.env,
      });
      const line = await new Promise<string>((resolve, reject) => {
        parent.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
        parent.once('exit', () => reject(new Error('the parent ended early')));
      });
      const [directory = '', port = ''] = line.trim().split(' ');
      try {
        const running = processesOf(directory);
        expect(running.filter((name) => name === 'beam.smp')).toHaveLength(nodes);
        expect(running).toContain('epmd');
        parent.removeAllListeners('exit');
        parent.kill('SIGKILL');
        await until(() => processesOf(directory).length === 0);
        await until(() => isFree(Number(port)));
        expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(directory);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
  );
});
