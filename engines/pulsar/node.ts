import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { definedEntries } from '../../harness/core/defined-entries.ts';
import { NodeProcess } from '../node-process.ts';
import type { BrokerNode, KillEvidence, ProcessEnd, ProvisionHost } from '../provisioner.ts';
import { AdminLink } from './admin-link.ts';
import { configurationOf, javaArguments, type NodePorts } from './configuration.ts';
import { restartStormIn } from './restart-storm.ts';
import { namespace } from './topics.ts';

/** On two busy cores it took up to 36 s. */
const readyMs = 150_000;
const graceMs = 10_000;
/** So long after the first of several starts another one may begin: all of them are one restart. */
const anewMs = 60_000;
/** It answers when it has written a message and read it. */
const healthMs = 10_000;

/** Broker, bookie and metadata store in one process; each incarnation writes a log of its own. */
export class PulsarNode implements BrokerNode {
  readonly name = 'pulsar standalone';
  readonly dataDirectory: string;
  readonly #host: ProvisionHost;
  readonly #process: NodeProcess;
  readonly #root: string;
  readonly #directory: string;
  readonly #admin: AdminLink;
  #incarnation = 0;

  private constructor(host: ProvisionHost, root: string, directory: string, ports: NodePorts) {
    this.#host = host;
    this.#root = root;
    this.#directory = directory;
    this.dataDirectory = join(directory, 'data');
    this.#process = new NodeProcess(host, this.name);
    this.#admin = new AdminLink({ host: '127.0.0.1', port: ports.admin });
  }

  /** Writes its configuration; starts nothing. */
  static async prepare(
    host: ProvisionHost,
    root: string,
    directory: string,
    ports: NodePorts,
  ): Promise<PulsarNode> {
    const node = new PulsarNode(host, root, directory, ports);
    await mkdir(node.dataDirectory, { recursive: true });
    const shipped = await readFile(join(root, 'conf', 'standalone.conf'), 'utf8');
    await writeFile(node.#configuration, configurationOf(shipped, ports));
    return node;
  }

  get logFile(): string {
    return join(this.#directory, `standalone-${this.#incarnation}.log`);
  }

  pid(): number {
    return this.#process.pid();
  }

  /**
   * One that begins in the storm (`restart-storm.ts`) is killed and started again while there is time, as whoever
   * operates it would do.
   */
  async start(): Promise<void> {
    const endMs = performance.now() + anewMs;
    for (;;) {
      await this.#startOnce();
      const fault = await this.environmentFault();
      if (fault === undefined || performance.now() > endMs) return;
      this.#host.note(`${this.name}: ${fault}; it is killed and started again`);
      await this.kill();
    }
  }

  async #startOnce(): Promise<void> {
    this.#incarnation += 1;
    await this.#process.start(
      {
        command: 'java',
        arguments: javaArguments({
          root: this.#root,
          configuration: this.#configuration,
          dataDirectory: this.dataDirectory,
        }),
        directory: this.#directory,
        environment: definedEntries(this.#host.environment),
        logFile: this.logFile,
      },
      () => this.#isHealthy(),
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

  environmentFault(): Promise<string | undefined> {
    return restartStormIn(this.logFile);
  }

  get #configuration(): string {
    return join(this.#directory, 'standalone.conf');
  }

  /** The namespace is made last. */
  async #isHealthy(): Promise<boolean> {
    try {
      for (const path of ['/brokers/health', `/namespaces/${namespace}`]) {
        const { status } = await this.#admin.ask('GET', path, healthMs);
        if (status !== 200) return false;
      }
      return true;
    } catch {
      // Nobody listens yet, or does not answer: it is asked again until time is up.
      return false;
    }
  }
}
