import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeProcess } from '../node-process.ts';
import type {
  BrokerNode,
  Endpoint,
  KillEvidence,
  ProcessEnd,
  ProvisionHost,
  Replica,
} from '../provisioner.ts';
import { answersApi, knowsServers, type Leader, leaderSeenBy } from './api-probe.ts';
import {
  type ClusterPlan,
  electionMs,
  lameDuckMs,
  lostQuorumMs,
  nodeConfiguration,
  type NodePlan,
} from './cluster-plan.ts';

const readyMs = 60_000;
const graceMs = 5_000;
const marginMs = 2_000;

/** One server process; each incarnation writes a log of its own. */
export class NatsNode implements BrokerNode {
  readonly name: string;
  readonly dataDirectory: string;
  readonly replica: Replica;
  readonly #process: NodeProcess;
  readonly #binary: string;
  readonly #plan: NodePlan;
  #incarnation = 0;

  private constructor(host: ProvisionHost, binary: string, plan: NodePlan, servers: number) {
    this.name = plan.name;
    this.dataDirectory = plan.dataDirectory;
    this.#process = new NodeProcess(host, plan.name);
    this.#binary = binary;
    this.#plan = plan;
    this.replica = {
      outOfSyncMs: lostQuorumMs + marginMs,
      successionMs: electionMs + marginMs,
      leads: async (of) =>
        this.#process.isRunning && this.#isIt(await leaderSeenBy(clientsAt(plan), of)),
      hasAll: async () => this.#process.isRunning && (await knowsServers(clientsAt(plan), servers)),
      pause: () => this.#process.signal('SIGSTOP'),
      resume: () => this.#process.signal('SIGCONT'),
      withdraw: () => this.#withdraw(),
    };
  }

  /** Writes the node's configuration; starts nothing. */
  static async prepare(
    host: ProvisionHost,
    binary: string,
    cluster: ClusterPlan,
    plan: NodePlan,
  ): Promise<NatsNode> {
    await mkdir(plan.dataDirectory, { recursive: true });
    await writeFile(configurationOf(plan), nodeConfiguration(cluster, plan));
    return new NatsNode(host, binary, plan, cluster.nodes.length);
  }

  get logFile(): string {
    return join(this.#plan.directory, `server-${this.#incarnation}.log`);
  }

  pid(): number {
    return this.#process.pid();
  }

  /** Resolved when the node answers for JetStream; of several, all must be starting for that. */
  async start(): Promise<void> {
    this.#incarnation += 1;
    await this.#process.start(
      {
        command: this.#binary,
        arguments: ['--config', configurationOf(this.#plan)],
        directory: this.#plan.directory,
        environment: {},
        logFile: this.logFile,
      },
      () => answersApi(clientsAt(this.#plan)),
      readyMs,
    );
  }

  kill(): Promise<KillEvidence> {
    return this.#process.kill();
  }

  restart(): Promise<void> {
    return this.start();
  }

  stop(): Promise<ProcessEnd | undefined> {
    return this.#process.stop(graceMs);
  }

  /** Lame duck mode: it gives up what it leads and closes its clients' connections one by one (`--signal ldm`). */
  #withdraw(): Promise<ProcessEnd | undefined> {
    this.#process.signal('SIGUSR2');
    return this.#process.ended(lameDuckMs + marginMs);
  }

  /** Nobody leads a subject without a stream: the first node stands for whoever passes its messages on. */
  #isIt(leader: Leader): boolean {
    if (leader.is === 'no-stream') return this.#plan.isFirst;
    return leader.is === 'node' && leader.name === this.name;
  }
}

const clientsAt = ({ host, ports }: NodePlan): Endpoint => ({ host, port: ports.clients });

const configurationOf = ({ directory }: NodePlan): string => join(directory, 'server.conf');
