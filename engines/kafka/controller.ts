import { join } from 'node:path';
import { NodeProcess } from '../node-process.ts';
import type { ProvisionHost } from '../provisioner.ts';
import { type JavaSetup, javaOptions } from './java.ts';

const heapMegabytes = 128;
const readyMs = 120_000;
const graceMs = 8_000;

/** Who elects leaders and keeps the in-sync sets of several brokers. It stands outside them and is not struck by faults. */
export class KafkaController {
  readonly #process: NodeProcess;
  readonly #directory: string;
  readonly #properties: string;
  readonly #java: JavaSetup;

  constructor(host: ProvisionHost, directory: string, properties: string, java: JavaSetup) {
    this.#process = new NodeProcess(host, 'kafka controller');
    this.#directory = directory;
    this.#properties = properties;
    this.#java = java;
  }

  start(): Promise<void> {
    return this.#process.start(
      {
        command: 'java',
        arguments: [...javaOptions(this.#java, heapMegabytes), 'kafka.Kafka', this.#properties],
        directory: this.#directory,
        environment: this.#java.environment,
        logFile: join(this.#directory, 'controller.log'),
      },
      (started) => started.logged('Kafka Server started'),
      readyMs,
    );
  }

  async stop(): Promise<void> {
    await this.#process.stop(graceMs);
  }
}
