import { join } from 'node:path';
import { NodeProcess } from '../node-process.ts';
import type {
  BrokerNode,
  KillEvidence,
  ProcessEnd,
  ProvisionHost,
  Replica,
} from '../provisioner.ts';
import { answersApiVersions } from './api-versions-probe.ts';
import type { NodePlan } from './cluster-plan.ts';
import { type JavaSetup, javaOptions } from './java.ts';
import { coordinatorSeenBy, hasAllBrokers, leaderSeenBy } from './leader-look-up.ts';
import { lagMs, sessionMs } from './properties.ts';

const heapMegabytes = 256;
const readyMs = 120_000;
const graceMs = 8_000;
/** It asks the controller again when that fails (`controlled.shutdown.max.retries`, 3). */
const withdrawalMs = 60_000;
/** Until the controller has noticed and decided. */
const marginMs = 2_000;

/** One broker process; each incarnation writes a log of its own, so that readiness is never an old line. */
export class KafkaNode implements BrokerNode {
  readonly name: string;
  readonly dataDirectory: string;
  readonly replica: Replica;
  readonly #process: NodeProcess;
  readonly #plan: NodePlan;
  readonly #properties: string;
  readonly #java: JavaSetup;
  #incarnation = 0;

  /** @param brokers of the whole cluster */
  constructor(
    host: ProvisionHost,
    plan: NodePlan,
    brokers: number,
    { properties, java }: { readonly properties: string; readonly java: JavaSetup },
  ) {
    this.name = plan.name;
    this.dataDirectory = plan.dataDirectory;
    this.#process = new NodeProcess(host, plan.name);
    this.#plan = plan;
    this.#properties = properties;
    this.#java = java;
    const direct = { host: plan.host, port: plan.ports.direct };
    this.replica = {
      outOfSyncMs: lagMs + marginMs,
      successionMs: sessionMs + marginMs,
      leads: async (of) => this.#process.isRunning && (await leaderSeenBy(direct, of)) === plan.id,
      coordinates: async (what) =>
        this.#process.isRunning && (await coordinatorSeenBy(direct, what)) === plan.id,
      hasAll: async () => this.#process.isRunning && (await hasAllBrokers(direct, brokers)),
      pause: () => this.#process.signal('SIGSTOP'),
      resume: () => this.#process.signal('SIGCONT'),
      // A controlled shutdown: the controller moves what it leads before it ends.
      withdraw: () => this.#process.stop(withdrawalMs),
    };
  }

  get logFile(): string {
    return join(this.#plan.directory, `broker-${this.#incarnation}.log`);
  }

  pid(): number {
    return this.#process.pid();
  }

  async start(): Promise<void> {
    this.#incarnation += 1;
    const { host, ports } = this.#plan;
    await this.#process.start(
      {
        command: 'java',
        arguments: [...javaOptions(this.#java, heapMegabytes), 'kafka.Kafka', this.#properties],
        directory: this.#plan.directory,
        environment: this.#java.environment,
        logFile: this.logFile,
      },
      async (started) =>
        (await started.logged('Kafka Server started')) &&
        (await answersApiVersions(host, ports.direct)) &&
        (await answersApiVersions(host, ports.proxied)),
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
}
