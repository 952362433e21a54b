import { randomInt } from 'node:crypto';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import engine from '../../../engines/kafka/engine.ts';
import { kafkaProvisioner } from '../../../engines/kafka/provision.ts';
import type { KafkaOptions } from '../../../engines/kafka/options.ts';
import type { Administration, Deployed, Session, Target } from '../../../engines/engine.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { createProvisionHost } from '../../../harness/provision/host.ts';
import { openLifeLine } from '../../../harness/provision/life-line.ts';
import { openProxies, type ProxyGroup } from '../../../harness/fault/proxy.ts';
import { context, TestConsumer, TestProducer } from './live-actors.ts';

export const live = process.env['ACKMARK_LIVE'] === '1';

/** A broker of this test file, reachable directly and through a fault proxy. */
export interface LiveKafka {
  readonly up: Provisioned;
  readonly proxies: ProxyGroup;
  stop(): Promise<void>;
}

export async function startKafka(nodes = 1): Promise<LiveKafka> {
  const cache = join(process.cwd(), '.ackmark', 'cache');
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(tmpdir(), 'ackmark-kafka-'));
  const lifeLine = openLifeLine(join(directory, 'pids'), process.pid, (pid, signal) => {
    process.kill(pid, signal);
  });
  const host = createProvisionHost({
    portsFrom: randomInt(1_000_000),
    cacheDirectory: cache,
    environment: process.env,
    nodeExecutable: process.execPath,
    signal: new AbortController().signal,
    lifeLine,
    note: () => undefined,
  });
  await kafkaProvisioner.fetch(host);
  const proxies = await openProxies(nodes, engine.wire);
  const up = await kafkaProvisioner.up(host, {
    nodes,
    settings: {},
    directory,
    proxies: proxies.proxies.map(({ endpoint }) => endpoint),
  });
  for (const [index, upstream] of up.upstreams.entries()) {
    await proxies.proxies[index]?.forwardTo(upstream);
  }
  return {
    up,
    proxies,
    stop: async () => {
      await up.down();
      await proxies.close();
      lifeLine.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function optionsOf(profile: keyof typeof engine.profiles): KafkaOptions {
  const found = engine.profiles[profile];
  if (found === undefined) throw new Error(`no profile ${profile}`);
  return engine.options.parse(found.options);
}

let names = 0;

/** A topic and a group of its own on the broker; everything is removed at the end. */
export class LiveCell {
  readonly target: Target;
  readonly options: KafkaOptions;
  readonly administration: Administration;
  readonly deployed: Deployed;
  readonly #sessions: Session[] = [];

  private constructor(
    target: Target,
    options: KafkaOptions,
    administration: Administration,
    deployed: Deployed,
  ) {
    this.target = target;
    this.options = options;
    this.administration = administration;
    this.deployed = deployed;
  }

  static async open(target: Target, options: KafkaOptions, scopes = 2): Promise<LiveCell> {
    const administration = await engine.administer(target, options);
    names += 1;
    const name = `t${process.pid}-${names}`;
    const deployed = await administration.apply({
      destinations: [{ name, scopes }],
      subscriptions: [{ name: `${name}-group`, destination: 0 }],
    });
    return new LiveCell(target, options, administration, deployed);
  }

  async session(target: Target = this.target): Promise<Session> {
    const session = await engine.connect(target, this.options, context());
    this.#sessions.push(session);
    return session;
  }

  async producer(target?: Target, transactionalId?: string): Promise<TestProducer> {
    return TestProducer.open(await this.session(target), this.deployed, transactionalId);
  }

  async consumer(target?: Target): Promise<TestConsumer> {
    return TestConsumer.open(await this.session(target), this.deployed);
  }

  /** Resolves when the broker holds at least `count` messages. */
  async stored(count: number): Promise<number> {
    for (let poll = 0; poll < 400; poll += 1) {
      const backlog = await this.administration.backlog(this.deployed, 0);
      if (backlog.by !== 'end-position') throw new Error('a log has end positions');
      const held = backlog.ends.reduce((sum, { end }) => sum + end.major, 0);
      if (held >= count) return held;
      await pause(50);
    }
    throw new Error(`the broker never held ${count} messages`);
  }

  async close(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.close()));
    await this.administration.remove(this.deployed);
    await this.administration.close();
  }
}
