import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { NodeProcess } from '../node-process.ts';
import type {
  BrokerNode,
  Endpoint,
  KillEvidence,
  ProcessEnd,
  ProvisionHost,
  Replica,
} from '../provisioner.ts';
import {
  type ClusterPlan,
  downAfterMs,
  nodeConfiguration,
  type NodePlan,
  promotionMs,
} from './cluster-plan.ts';
import { asked, onServer, primaryBySentinels, primaryName, type Role, roleOf } from './primary.ts';
import { onlineReplicas, parseInfo } from './server-info.ts';
import type { ServerProgram } from './server-program.ts';

const readyMs = 60_000;
const graceMs = 15_000;
const failoverMs = 20_000;
const pollMs = 50;
const outOfSyncMs = 500;

/** One server process; each incarnation writes a log of its own. */
export class RedisNode implements BrokerNode {
  readonly name: string;
  readonly dataDirectory: string;
  readonly replica?: Replica;
  readonly #process: NodeProcess;
  readonly #program: ServerProgram;
  readonly #plan: NodePlan;
  readonly #at: Endpoint;
  #incarnation = 0;

  private constructor(
    host: ProvisionHost,
    program: ServerProgram,
    { nodes, sentinels }: ClusterPlan,
    plan: NodePlan,
  ) {
    this.name = plan.name;
    this.dataDirectory = plan.dataDirectory;
    this.#process = new NodeProcess(host, plan.name);
    this.#program = program;
    this.#plan = plan;
    this.#at = endpointOf(plan);
    if (sentinels.length === 0) return;
    this.replica = this.#replica(sentinels.map(endpointOf), nodes.length - 1);
  }

  /** Writes the node's configuration; starts nothing. */
  static async prepare(
    host: ProvisionHost,
    program: ServerProgram,
    cluster: ClusterPlan,
    plan: NodePlan,
    appendFsync: string,
  ): Promise<RedisNode> {
    await mkdir(plan.dataDirectory, { recursive: true });
    await writeFile(configurationOf(plan), nodeConfiguration(cluster, plan, appendFsync));
    return new RedisNode(host, program, cluster, plan);
  }

  get logFile(): string {
    return join(this.#plan.directory, `server-${this.#incarnation}.log`);
  }

  pid(): number {
    return this.#process.pid();
  }

  /** Resolved when it has read its append-only file and serves. */
  async restart(): Promise<void> {
    this.#incarnation += 1;
    await this.#process.start(
      {
        command: this.#program.command,
        arguments: [...this.#program.before, configurationOf(this.#plan)],
        directory: this.#plan.directory,
        environment: {},
        logFile: this.logFile,
      },
      () => answers(this.#at),
      readyMs,
    );
  }

  kill(): Promise<KillEvidence> {
    return this.#process.kill();
  }

  stop(): Promise<ProcessEnd | undefined> {
    return this.#process.stop(graceMs);
  }

  #replica(sentinels: readonly Endpoint[], replicas: number): Replica {
    return {
      // There is no in-sync set: one whose connection to the primary is closed has nothing of what follows.
      outOfSyncMs,
      successionMs: downAfterMs + promotionMs,
      leads: async () => {
        if (!this.#process.isRunning) return false;
        const { host, port } = this.#at;
        if ((await primaryBySentinels(sentinels)) !== `${host}:${port}`) return false;
        return (await roleAt(this.#at)).is === 'primary';
      },
      hasAll: async () => this.#process.isRunning && (await hasReplicas(this.#at, replicas)),
      pause: () => this.#pause(),
      resume: () => this.#process.signal('SIGCONT'),
      withdraw: () => this.#withdraw(sentinels),
    };
  }

  /** A manual failover, as before an upgrade: the sentinels make another the primary, then it is stopped. */
  async #withdraw(sentinels: readonly Endpoint[]): Promise<ProcessEnd | undefined> {
    const [sentinel] = sentinels;
    if (sentinel !== undefined && (await roleAt(this.#at)).is === 'primary') {
      await asked(sentinel, ['SENTINEL', 'FAILOVER', primaryName]);
      const endMs = performance.now() + failoverMs;
      while (performance.now() < endMs && !(await isReadyReplica(this.#at))) await pause(pollMs);
    }
    return this.#process.stop(graceMs);
  }

  /**
   * A primary pushes what is written: of a replica that stands still on the same machine the kernel goes on receiving,
   * and would hand it on when the primary is dead, as nothing does where a machine or a network is lost. So whoever
   * replicates loses its connection to the primary when it stands still (as others do, who come back at once);
   * connections of clients stay.
   */
  async #pause(): Promise<void> {
    const role = await roleAt(this.#at);
    this.#process.signal('SIGSTOP');
    if (role.is !== 'replica') return;
    await asked(role.of, ['CLIENT', 'KILL', 'TYPE', 'replica']);
  }
}

export const endpointOf = ({ host, port }: Endpoint): Endpoint => ({ host, port });

const configurationOf = ({ directory }: NodePlan): string => join(directory, 'server.conf');

/** A replica whose link is up, or a primary to which so many have come; a replica is the primary of none. */
async function hasReplicas(server: Endpoint, replicas: number): Promise<boolean> {
  try {
    const info = parseInfo(await asked<string>(server, ['INFO']));
    if (info.get('role') === 'slave') return info.get('master_link_status') === 'up';
    return onlineReplicas(info) === replicas;
  } catch {
    // It is down, or stands still.
    return false;
  }
}

/** A replica that has what its primary has, on disk, too: while it writes that down it does not end when it is asked to. */
async function isReadyReplica(server: Endpoint): Promise<boolean> {
  try {
    const info = parseInfo(await asked<string>(server, ['INFO']));
    const isInSync = info.get('role') === 'slave' && info.get('master_link_status') === 'up';
    const rewrites = ['aof_rewrite_in_progress', 'aof_rewrite_scheduled'];
    return isInSync && rewrites.every((name) => info.get(name) === '0');
  } catch {
    return false;
  }
}

async function roleAt(server: Endpoint): Promise<Role> {
  try {
    return await onServer(server, roleOf);
  } catch {
    // A node that is down or stands still says nothing.
    return { is: 'other' };
  }
}

/** Whether it serves: while it loads, it refuses. */
async function answers(server: Endpoint): Promise<boolean> {
  try {
    return (await onServer(server, (link) => link.call<string>(['PING']))) === 'PONG';
  } catch {
    return false;
  }
}
