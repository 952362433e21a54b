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
import { answersApiVersions } from './api-versions-probe.ts';
import type { NodePlan } from './cluster-plan.ts';
import { type JavaSetup, javaOptions } from './java.ts';
import { leaderSeenBy } from './leader-look-up.ts';
import { lagMs, sessionMs } from './properties.ts';

const heapMegabytes = 256;
const readyMs = 120_000;
const graceMs = 8_000;
/** Until the controller has noticed and decided. */
const marginMs = 2_000;

/** One broker process; each incarnation writes a log of its own, so that readiness is never an old line. */
export class KafkaNode implements BrokerNode {
  readonly name: string;
  readonly dataDirectory: string;
  readonly replica: Replica;
  readonly #host: ProvisionHost;
  readonly #plan: NodePlan;
  readonly #properties: string;
  readonly #java: JavaSetup;
  #process: ManagedProcess | undefined;
  #incarnation = 0;

  constructor(host: ProvisionHost, plan: NodePlan, properties: string, java: JavaSetup) {
    this.name = plan.name;
    this.dataDirectory = plan.dataDirectory;
    this.#host = host;
    this.#plan = plan;
    this.#properties = properties;
    this.#java = java;
    this.replica = {
      outOfSyncMs: lagMs + marginMs,
      successionMs: sessionMs + marginMs,
      leads: async (of) =>
        this.#process !== undefined && (await leaderSeenBy(plan.ports.direct, of)) === plan.id,
      pause: () => this.#running().signal('SIGSTOP'),
      resume: () => this.#running().signal('SIGCONT'),
    };
  }

  get logFile(): string {
    return join(this.#plan.directory, `broker-${this.#incarnation}.log`);
  }

  pid(): number {
    return this.#running().pid;
  }

  async start(): Promise<void> {
    invariant(this.#process === undefined, `${this.name} runs already`);
    this.#incarnation += 1;
    const started = await this.#host.start({
      name: this.name,
      command: 'java',
      arguments: [...javaOptions(this.#java, heapMegabytes), 'kafka.Kafka', this.#properties],
      directory: this.#plan.directory,
      environment: this.#java.environment,
      logFile: this.logFile,
    });
    this.#process = started;
    void this.#forget(started);
    const { direct, proxied } = this.#plan.ports;
    await started.ready(
      async () =>
        (await started.logged('Kafka Server started')) &&
        (await answersApiVersions('127.0.0.1', direct)) &&
        (await answersApiVersions('127.0.0.1', proxied)),
      readyMs,
    );
  }

  #running(): ManagedProcess {
    invariant(this.#process !== undefined, `${this.name} is down`);
    return this.#process;
  }

  async #forget(ended: ManagedProcess): Promise<void> {
    await ended.ended;
    if (this.#process === ended) this.#process = undefined;
  }

  async kill(): Promise<KillEvidence> {
    const process = this.#running();
    const { pid } = process;
    const end = await process.kill('SIGKILL');
    return { pid, signal: end.signal ?? `exit code ${end.code}` };
  }

  restart(): Promise<void> {
    return this.start();
  }

  async stop(): Promise<ProcessEnd | undefined> {
    return this.#process?.stop(graceMs);
  }
}
