import { join } from 'node:path';
import { invariant } from '../../harness/core/errors.ts';
import type { ManagedProcess, ProvisionHost } from '../provisioner.ts';
import { type JavaSetup, javaOptions } from './java.ts';

const heapMegabytes = 128;
const readyMs = 120_000;
const graceMs = 8_000;

/** Who elects leaders and keeps the in-sync sets of several brokers. It stands outside them and is not struck by faults. */
export class KafkaController {
  readonly #host: ProvisionHost;
  readonly #directory: string;
  readonly #properties: string;
  readonly #java: JavaSetup;
  #process: ManagedProcess | undefined;

  constructor(host: ProvisionHost, directory: string, properties: string, java: JavaSetup) {
    this.#host = host;
    this.#directory = directory;
    this.#properties = properties;
    this.#java = java;
  }

  async start(): Promise<void> {
    invariant(this.#process === undefined, 'the controller runs already');
    const started = await this.#host.start({
      name: 'kafka controller',
      command: 'java',
      arguments: [...javaOptions(this.#java, heapMegabytes), 'kafka.Kafka', this.#properties],
      directory: this.#directory,
      environment: this.#java.environment,
      logFile: join(this.#directory, 'controller.log'),
    });
    this.#process = started;
    await started.ready(() => started.logged('Kafka Server started'), readyMs);
  }

  async stop(): Promise<void> {
    await this.#process?.stop(graceMs);
  }
}
