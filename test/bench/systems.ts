import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { catalog } from '../../engines/catalog.ts';
import { cacheDirectoryOf } from '../../harness/cli/cache-directory.ts';
import { createProvisionHost } from '../../harness/provision/host.ts';
import { openLifeLine } from '../../harness/provision/life-line.ts';
import { bareLoop, type BareClient } from './bare/bare-loop.ts';
import { harnessLoop } from './harness-loop.ts';
import { compare, type Comparison, interleave, type LoopResult } from './pairs.ts';
import { type Prepared, scopes, type Workload } from './workload.ts';

/** A system to compare the harness with its bare client on. */
export interface System {
  readonly name: string;
  readonly engine: string;
  readonly profile: string;
  readonly bare: BareClient;
  readonly workload: Omit<Workload, 'payloadBytes'>;
}

export const systems: readonly System[] = [
  {
    name: 'embedded',
    engine: 'log',
    profile: 'acks-1',
    bare: 'session',
    workload: { messages: 1_000_000, window: 5_000, batch: 500 },
  },
  {
    name: 'kafka',
    engine: 'kafka',
    profile: 'acks-1',
    bare: 'kafka',
    workload: { messages: 300_000, window: 5_000, batch: 500 },
  },
  {
    name: 'rabbitmq',
    engine: 'rabbitmq',
    profile: 'manual-ack',
    bare: 'rabbitmq',
    workload: { messages: 150_000, window: 1_000, batch: 100 },
  },
  {
    name: 'nats',
    engine: 'nats',
    profile: 'jetstream-r1',
    bare: 'nats',
    workload: { messages: 200_000, window: 1_000, batch: 100 },
  },
  {
    name: 'redis',
    engine: 'redis',
    profile: 'everysec',
    bare: 'redis',
    workload: { messages: 200_000, window: 1_000, batch: 100 },
  },
];

/** The harness against the system's bare client. */
export function compareOn(
  system: System,
  payloadBytes: number,
  pairs: number,
  seed: number,
): Promise<Comparison> {
  return compareLoops(system, payloadBytes, pairs, seed, {
    bare: (prepared) => bareLoop(system.bare, prepared),
    harness: harnessLoop,
  });
}

type PreparedLoop = (prepared: Prepared) => Promise<LoopResult>;

/** Brings the system up, compares, and takes it down again whatever happens. */
export async function compareLoops(
  system: System,
  payloadBytes: number,
  pairs: number,
  seed: number,
  sides: { readonly bare: PreparedLoop; readonly harness: PreparedLoop },
): Promise<Comparison> {
  const entry = catalog.find((known) => known.id === system.engine);
  if (entry === undefined) throw new Error(`no engine ${system.engine}`);
  const { default: engine } = await entry.load();
  const profile = engine.profiles[system.profile];
  if (profile === undefined) throw new Error(`no profile ${system.engine}@${system.profile}`);
  const options = engine.options.parse(profile.options);
  const up = await bringUp(engine.provisioners[entry.defaultTarget]);
  const administration = await engine.administer(up.target, options);
  let loops = 0;
  /** Each run publishes to an empty destination of its own, so that none pays for what another left. */
  const withDestination = async (loop: PreparedLoop) => {
    loops += 1;
    const name = `ackmark-bench-${loops}`;
    const deployed = await administration.apply({
      destinations: [{ name, scopes }],
      subscriptions: [{ name: `${name}-reader`, destination: 0 }],
    });
    try {
      return await loop({
        module: entry.module.href,
        options,
        traits: engine.traits(options),
        target: up.target,
        deployed,
        workload: { ...system.workload, payloadBytes },
      });
    } finally {
      await administration.remove(deployed);
    }
  };
  try {
    const results = await interleave(
      () => withDestination(sides.bare),
      () => withDestination(sides.harness),
      pairs,
    );
    return compare(results, seed);
  } finally {
    await administration.close();
    await up.down();
  }
}

type LoadProvisioner = (typeof catalog)[number] extends { load: () => Promise<infer M> }
  ? M extends { readonly default: { readonly provisioners: Readonly<Record<string, infer P>> } }
    ? P
    : never
  : never;

async function bringUp(load: LoadProvisioner | undefined) {
  if (load === undefined) throw new Error('it has no provisioner');
  const provisioner = await load();
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-bench-'));
  const cacheDirectory = cacheDirectoryOf(process.env);
  mkdirSync(cacheDirectory, { recursive: true });
  const lifeLine = openLifeLine(join(cacheDirectory, 'running'), process.pid, (pid, signal) => {
    process.kill(pid, signal);
  });
  const host = createProvisionHost({
    portsFrom: randomInt(1_000_000),
    cacheDirectory,
    environment: process.env,
    nodeExecutable: process.execPath,
    signal: new AbortController().signal,
    lifeLine,
    note: (line) => process.stderr.write(`${line}\n`),
  });
  const clear = (): void => {
    lifeLine.close();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await provisioner.fetch(host);
    // Systems that advertise an address for a proxy want one; nobody listens there.
    const proxies = [{ host: '127.0.0.1', port: await host.freePort() }];
    const up = await provisioner.up(host, { nodes: 1, settings: {}, directory, proxies });
    return {
      target: up.target,
      down: async () => {
        await up.down();
        clear();
      },
    };
  } catch (error) {
    clear();
    throw error;
  }
}
