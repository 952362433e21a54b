import { mkdtemp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answersApiVersions } from '../../../engines/kafka/api-versions-probe.ts';
import { planCluster } from '../../../engines/kafka/cluster-plan.ts';
import { controllerProperties, nodeProperties } from '../../../engines/kafka/properties.ts';
import { kafkaProvisioner } from '../../../engines/kafka/provision.ts';
import type { ProcessSpec, ProvisionHost } from '../../../engines/provisioner.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ackmark-provision-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A host whose commands do what `run` says, and which starts nothing. */
function hostThat(run: (spec: ProcessSpec) => Promise<string>): ProvisionHost & { ran: string[] } {
  const ran: string[] = [];
  return {
    ran,
    cacheDirectory: join(directory, 'cache'),
    environment: { PATH: '/bin', EMPTY: undefined, MAVEN_ARGS: '-s mine.xml' },
    nodeExecutable: 'node',
    signal: new AbortController().signal,
    freePort: () => Promise.resolve(1),
    start: () => Promise.reject(new Error('nothing is started here')),
    run: (spec) => {
      ran.push(`${spec.command} ${spec.arguments[0] ?? ''}`);
      return run(spec);
    },
    note: () => undefined,
  };
}

async function mavenThatWorks({ command, arguments: args, directory: where }: ProcessSpec) {
  if (command === 'mvn' && args.length > 1) {
    await mkdir(join(where, 'lib'));
    await writeFile(join(where, 'lib', 'kafka.jar'), 'jar');
  }
  return '';
}

describe('fetching kafka', () => {
  it('leaves the jars in the cache and nothing else, and does not fetch twice', async () => {
    const host = hostThat(mavenThatWorks);
    await kafkaProvisioner.fetch(host);
    expect(await readdir(host.cacheDirectory)).toEqual(['kafka-4.4.0']);
    await kafkaProvisioner.fetch(host);
    expect(host.ran).toEqual(['java -version', 'mvn -version', 'mvn -B', 'java -version']);
  });

  it('may be done by two processes at once', async () => {
    const host = hostThat(mavenThatWorks);
    await Promise.all([kafkaProvisioner.fetch(host), kafkaProvisioner.fetch(host)]);
    expect(await readdir(host.cacheDirectory)).toEqual(['kafka-4.4.0']);
  });

  it('hands Maven the whole environment', async () => {
    let seen: unknown;
    const host = hostThat(async (spec) => {
      if (spec.command === 'mvn') seen = spec.environment;
      return mavenThatWorks(spec);
    });
    await kafkaProvisioner.fetch(host);
    expect(seen).toEqual({ PATH: '/bin', MAVEN_ARGS: '-s mine.xml' });
  });

  it.each(['java', 'mvn'])('says what to install when there is no %s', async (missing) => {
    const host = hostThat((spec) =>
      spec.command === missing ? Promise.reject(new Error('not found')) : mavenThatWorks(spec),
    );
    await expect(kafkaProvisioner.fetch(host)).rejects.toMatchObject({
      code: 'TARGET_UNAVAILABLE',
      hint: expect.stringContaining('Install'),
    });
    expect(await readdir(host.cacheDirectory)).toEqual([]);
  });

  it('points at Maven’s settings when nothing can be fetched, and leaves nothing behind', async () => {
    const host = hostThat((spec) =>
      spec.arguments.length > 1 ? Promise.reject(new Error('offline')) : Promise.resolve(''),
    );
    await expect(kafkaProvisioner.fetch(host)).rejects.toMatchObject({ code: 'FETCH_FAILED' });
    expect(await readdir(host.cacheDirectory)).toEqual([]);
  });
});

describe('the plan of a cluster', () => {
  const planned = (nodes: number, controllers = 1) => {
    let port = 20_000;
    const proxies = Array.from({ length: nodes }, (_, index) => ({
      host: '127.0.0.1',
      port: 30_000 + index,
    }));
    return planCluster({ nodes, settings: {}, directory, proxies, controllers }, () => {
      port += 1;
      return Promise.resolve(port);
    });
  };

  it('gives no port twice and lets the proxied listener advertise the proxy', async () => {
    const plan = await planned(3);
    const ports = plan.nodes.flatMap((node) => Object.values(node.ports));
    expect(new Set([...ports, plan.controllers[0].port]).size).toBe(10);
    const [, second] = plan.nodes;
    if (second === undefined) throw new Error('no second node');
    const properties = nodeProperties(plan, second);
    expect(properties).toContain(`PROXIED://127.0.0.1:30001`);
    expect(properties).toContain('default.replication.factor=3\n');
    expect(properties).toContain('offsets.topic.replication.factor=3\n');
    expect(properties).toMatch(/^listeners=.*PROXIED:\/\/127\.0\.0\.1:20005/m);
  });

  it('wishes no more copies than there are nodes', async () => {
    const plan = await planned(1);
    const [only] = plan.nodes;
    if (only === undefined) throw new Error('no node');
    const properties = nodeProperties(plan, only);
    expect(properties).toContain('default.replication.factor=1\n');
    expect(properties).toContain('min.insync.replicas=1\n');
  });

  it('has as many controllers as are asked for, who vote for one of them', async () => {
    const plan = await planned(3, 3);
    const ports = plan.controllers.map(({ port }) => port);
    expect(new Set(ports).size).toBe(3);
    const voters = `controller.quorum.voters=${ports.map((port, at) => `${1001 + at}@127.0.0.1:${port}`).join(',')}\n`;
    for (const controller of plan.controllers) {
      expect(controllerProperties(plan, controller)).toContain(voters);
    }
    for (const node of plan.nodes) expect(nodeProperties(plan, node)).toContain(voters);
  });

  it('has a controller beside several brokers, and one in a broker that is alone', async () => {
    const three = await planned(3);
    const [first] = three.nodes;
    const [only] = (await planned(1)).nodes;
    if (first === undefined || only === undefined) throw new Error('no node');
    expect(nodeProperties(three, first)).toContain('process.roles=broker\n');
    expect(controllerProperties(three, three.controllers[0])).toContain(
      'process.roles=controller\n',
    );
    const voter = `controller.quorum.voters=1001@127.0.0.1:${three.controllers[0].port}\n`;
    expect(nodeProperties(three, first)).toContain(voter);
    expect(controllerProperties(three, three.controllers[0])).toContain(voter);
    expect(nodeProperties(await planned(1), only)).toContain('process.roles=broker,controller\n');
  });
});

describe('the readiness probe', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  const listening = (answer: Buffer): Promise<number> =>
    new Promise((resolve) => {
      server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.on('data', () => socket.end(answer));
      }).listen(0, '127.0.0.1', () => {
        const address = server?.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });

  it('believes an answer to its own request without an error code', async () => {
    const port = await listening(Buffer.from([0, 0, 0, 6, 0, 0, 0, 1, 0, 0]));
    expect(await answersApiVersions('127.0.0.1', port)).toBe(true);
  });

  it.each([
    ['an error code', [0, 0, 0, 6, 0, 0, 0, 1, 0, 35]],
    ['half an answer', [0, 0, 0, 6, 0, 0]],
    ['another protocol', [72, 84, 84, 80, 47, 49, 46, 49, 32, 52]],
  ])('does not believe %s', async (_name, bytes) => {
    const port = await listening(Buffer.from(bytes));
    expect(await answersApiVersions('127.0.0.1', port)).toBe(false);
  });

  it('does not believe a port where nobody listens', async () => {
    const port = await listening(Buffer.alloc(0));
    server?.close();
    expect(await answersApiVersions('127.0.0.1', port)).toBe(false);
  });
});
