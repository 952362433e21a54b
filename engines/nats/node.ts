import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { invariant } from '../../harness/core/errors.ts';
import type {
  BrokerNode,
  KillEvidence,
  ManagedProcess,
  ProcessEnd,
  ProvisionHost,
  Replica,
} from '../provisioner.ts';
import { answersApi, type Leader, leaderSeenBy } from './api-probe.ts';
import {
  type ClusterPlan,
  electionMs,
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
  readonly #host: ProvisionHost;
  readonly #binary: string;
  readonly #plan: NodePlan;
  #process: ManagedProcess | undefined;
  #incarnation = 0;

  private constructor(host: ProvisionHost, binary: string, plan: NodePlan) {
    this.name = plan.name;
    this.dataDirectory = plan.dataDirectory;
    this.#host = host;
    this.#binary = binary;
    this.#plan = plan;
    this.replica = {
      outOfSyncMs: lostQuorumMs + marginMs,
      successionMs: electionMs + marginMs,
      leads: async (of) =>
        this.#process !== undefined && this.#isIt(await leaderSeenBy(plan.ports.clients, of)),
      pause: () => this.#running().signal('SIGSTOP'),
      resume: () => this.#running().signal('SIGCONT'),
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
    return new NatsNode(host, binary, plan);
  }

  get logFile(): string {
    return join(this.#plan.directory, `server-${this.#incarnation}.log`);
  }

  pid(): number {
    return this.#running().pid;
  }

  /** Resolved when the node answers for JetStream; of several, all must be starting for that. */
  async start(): Promise<void> {
    invariant(this.#process === undefined, `${this.name} runs already`);
    this.#incarnation += 1;
    const started = await this.#host.start({
      name: this.name,
      command: this.#binary,
      arguments: ['--config', configurationOf(this.#plan)],
      directory: this.#plan.directory,
      environment: {},
      logFile: this.logFile,
    });
    this.#process = started;
    void this.#forget(started);
    await started.ready(() => answersApi(this.#plan.ports.clients), readyMs);
  }

  async kill(): Promise<KillEvidence> {
    const running = this.#running();
    const { pid } = running;
    const end = await running.kill('SIGKILL');
    return { pid, signal: end.signal ?? `exit code ${end.code}` };
  }

  restart(): Promise<void> {
    return this.start();
  }

  async stop(): Promise<ProcessEnd | undefined> {
    return this.#process?.stop(graceMs);
  }

  /** Nobody leads a subject without a stream: the first node stands for whoever passes its messages on. */
  #isIt(leader: Leader): boolean {
    if (leader.is === 'no-stream') return this.#plan.isFirst;
    return leader.is === 'node' && leader.name === this.name;
  }

  #running(): ManagedProcess {
    invariant(this.#process !== undefined, `${this.name} is down`);
    return this.#process;
  }

  async #forget(ended: ManagedProcess): Promise<void> {
    await ended.ended;
    if (this.#process === ended) this.#process = undefined;
  }
}

const configurationOf = ({ directory }: NodePlan): string => join(directory, 'server.conf');
