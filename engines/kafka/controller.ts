import { join } from 'node:path';
import { NodeProcess } from '../node-process.ts';
import type { ControllerNode, Endpoint, KillEvidence, ProvisionHost } from '../provisioner.ts';
import type { ControllerPlan } from './cluster-plan.ts';
import { type JavaSetup, javaOptions } from './java.ts';
import { activeControllerSeenBy } from './leader-look-up.ts';

const heapMegabytes = 128;
const readyMs = 120_000;
const graceMs = 8_000;

/** Who elects leaders and keeps the in-sync sets of several brokers, outside of them; each incarnation writes a log of its own. */
export class KafkaController implements ControllerNode {
  readonly name: string;
  readonly #process: NodeProcess;
  readonly #plan: ControllerPlan;
  readonly #brokers: readonly Endpoint[];
  readonly #properties: string;
  readonly #java: JavaSetup;
  #incarnation = 0;

  /** @param brokers any of which can say who is active */
  constructor(
    host: ProvisionHost,
    plan: ControllerPlan,
    brokers: readonly Endpoint[],
    { properties, java }: { readonly properties: string; readonly java: JavaSetup },
  ) {
    this.name = plan.name;
    this.#process = new NodeProcess(host, plan.name);
    this.#plan = plan;
    this.#brokers = brokers;
    this.#properties = properties;
    this.#java = java;
  }

  pid(): number {
    return this.#process.pid();
  }

  async isActive(): Promise<boolean> {
    if (!this.#process.isRunning) return false;
    return (await activeControllerSeenBy(this.#brokers)) === this.#plan.id;
  }

  async start(): Promise<void> {
    this.#incarnation += 1;
    const { directory } = this.#plan;
    await this.#process.start(
      {
        command: 'java',
        arguments: [...javaOptions(this.#java, heapMegabytes), 'kafka.Kafka', this.#properties],
        directory,
        environment: this.#java.environment,
        logFile: join(directory, `controller-${this.#incarnation}.log`),
      },
      (started) => started.logged('Kafka Server started'),
      readyMs,
    );
  }

  restart(): Promise<void> {
    return this.start();
  }

  kill(): Promise<KillEvidence> {
    return this.#process.kill();
  }

  async stop(): Promise<void> {
    await this.#process.stop(graceMs);
  }
}
