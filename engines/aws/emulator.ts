import { mkdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { AckmarkError } from '../../harness/core/errors.ts';
import type { Target } from '../engine.ts';
import { NodeProcess } from '../node-process.ts';
import type {
  BrokerNode,
  Endpoint,
  KillEvidence,
  ProcessEnd,
  ProcessSpec,
  Provisioned,
  Provisioner,
  ProvisionHost,
  ProvisionRequest,
} from '../provisioner.ts';

const loopback = '127.0.0.1';
const readyMs = 60_000;
const graceMs = 3_000;
const probeMs = 1_000;

/** One process that answers a service's protocol on one port, and keeps what it is told in a directory. */
export interface Emulator {
  /** The target's kind, by which it is asked for. */
  readonly kind: string;
  /** With its version: what a result is labelled with, never as AWS. */
  readonly title: string;
  /** Puts everything into the cache. */
  fetch(host: ProvisionHost): Promise<void>;
  command(
    host: ProvisionHost,
    place: EmulatorPlace,
  ): Promise<Omit<ProcessSpec, 'name' | 'logFile' | 'directory'>>;
  /** A path, and the status with which it is answered when it is ready. */
  readonly readyPath: string;
  readonly readyStatus: number;
}

export interface EmulatorPlace {
  readonly port: number;
  readonly directory: string;
  readonly dataDirectory: string;
}

/** Each target is a process of its own; none of them replicates. */
export function emulatorProvisioner(emulator: Emulator): Provisioner {
  return {
    fetch: (host) => emulator.fetch(host),
    up: (host, request) => up(emulator, host, request),
  };
}

async function up(
  emulator: Emulator,
  host: ProvisionHost,
  { nodes, directory, proxies }: ProvisionRequest,
): Promise<Provisioned> {
  if (nodes !== 1) {
    throw new AckmarkError('USAGE', `${emulator.kind} runs on one node, not ${nodes}`, {
      hint: 'Plan one node for it.',
    });
  }
  const port = await host.freePort();
  const node = new EmulatorNode(emulator, host, {
    port,
    directory,
    dataDirectory: join(directory, 'data'),
  });
  await node.start();
  const upstream = { host: loopback, port };
  const targetAt = (at: Endpoint): Target => ({
    kind: emulator.kind,
    title: emulator.title,
    address: `http://${at.host}:${at.port}`,
    nodes: 1,
    settings: {},
  });
  const [proxy = upstream] = proxies;
  return {
    target: targetAt(upstream),
    proxied: targetAt(proxy),
    upstreams: [upstream],
    nodes: [node],
    down: async () => void (await node.stop()),
  };
}

class EmulatorNode implements BrokerNode {
  readonly name: string;
  readonly dataDirectory: string;
  readonly #emulator: Emulator;
  readonly #host: ProvisionHost;
  readonly #place: EmulatorPlace;
  readonly #process: NodeProcess;
  #incarnation = 0;

  constructor(emulator: Emulator, host: ProvisionHost, place: EmulatorPlace) {
    this.name = emulator.kind;
    this.dataDirectory = place.dataDirectory;
    this.#emulator = emulator;
    this.#host = host;
    this.#place = place;
    this.#process = new NodeProcess(host, this.name);
  }

  get logFile(): string {
    return join(this.#place.directory, `${this.name}-${this.#incarnation}.log`);
  }

  pid(): number {
    return this.#process.pid();
  }

  async start(): Promise<void> {
    this.#incarnation += 1;
    await mkdir(this.dataDirectory, { recursive: true });
    const { port, directory } = this.#place;
    const {
      command,
      arguments: args,
      environment,
    } = await this.#emulator.command(this.#host, this.#place);
    await this.#process.start(
      { command, arguments: args, environment, directory, logFile: this.logFile },
      () => answersAt(port, this.#emulator),
      readyMs,
    );
  }

  kill(): Promise<KillEvidence> {
    return this.#process.kill();
  }

  stop(): Promise<ProcessEnd | undefined> {
    return this.#process.stop(graceMs);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }
}

/** Whether a GET of the path is answered as it is when it is ready. */
function answersAt(
  port: number,
  { readyPath: path, readyStatus }: Pick<Emulator, 'readyPath' | 'readyStatus'>,
): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: loopback, port, path, timeout: probeMs }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === readyStatus);
    });
    asked.once('error', () => resolve(false));
    asked.once('timeout', () => asked.destroy());
    asked.end();
  });
}
