import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AckmarkError } from '../../harness/core/errors.ts';
import type { Target } from '../engine.ts';
import type {
  BrokerNode,
  ManagedProcess,
  PowerLossEvidence,
  Provisioned,
  Provisioner,
  ProvisionHost,
  ProvisionRequest,
} from '../provisioner.ts';
import { BrokerConnection } from './client.ts';
import { bytesNotSynced, loseUnsynced } from './host/synced-lengths.ts';
import { ProtocolError } from './protocol/bytes.ts';
import { type BrokerKind, protocolVersion } from './protocol/protocol.ts';

const loopback = '127.0.0.1';
const readyTimeoutMs = 20_000;
const stopGraceMs = 3_000;
const probeTimeoutMs = 1_000;
const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const entry = fileURLToPath(new URL(`./host/broker.entry.${suffix}`, import.meta.url));

/** One broker process on this machine with its journal in the request's directory. */
export function embeddedProvisioner(kind: BrokerKind): Provisioner {
  return {
    // It is part of Ackmark: there is nothing to fetch.
    fetch: async () => {},
    up: (host, request) => up(kind, host, request),
  };
}

async function up(
  kind: BrokerKind,
  host: ProvisionHost,
  request: ProvisionRequest,
): Promise<Provisioned> {
  if (request.nodes !== 1) {
    throw new AckmarkError('USAGE', `the embedded ${kind} runs on one node, not ${request.nodes}`, {
      hint: 'Plan one node for it.',
    });
  }
  const port = await host.freePort();
  const node = new EmbeddedNode(kind, host, request, port);
  await node.start();
  const target: Target = {
    kind: 'embedded',
    title: `Ackmark embedded ${kind}, protocol ${protocolVersion}`,
    address: `${loopback}:${port}`,
    nodes: 1,
    settings: request.settings,
  };
  const [proxy] = request.proxies;
  const address = proxy === undefined ? target.address : `${proxy.host}:${proxy.port}`;
  return {
    target,
    proxied: { ...target, address },
    upstreams: [{ host: loopback, port }],
    nodes: [node],
    down: () => node.stop(),
  };
}

class EmbeddedNode implements BrokerNode {
  readonly name: string;
  readonly dataDirectory: string;
  readonly logFile: string;
  readonly #kind: BrokerKind;
  readonly #host: ProvisionHost;
  readonly #directory: string;
  readonly #port: number;
  readonly #settings: readonly string[];
  #process: ManagedProcess | undefined;

  constructor(
    kind: BrokerKind,
    host: ProvisionHost,
    { directory, settings }: ProvisionRequest,
    port: number,
  ) {
    this.name = `embedded ${kind}`;
    this.dataDirectory = join(directory, 'data');
    this.logFile = join(directory, 'broker.log');
    this.#kind = kind;
    this.#host = host;
    this.#directory = directory;
    this.#port = port;
    // The broker's own arguments, which it checks.
    this.#settings = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  }

  pid(): number {
    return this.#running().pid;
  }

  async start(): Promise<void> {
    await mkdir(this.dataDirectory, { recursive: true });
    const process = await this.#host.start({
      name: this.name,
      command: this.#host.nodeExecutable,
      arguments: [
        entry,
        `--kind=${this.#kind}`,
        `--host=${loopback}`,
        `--port=${this.#port}`,
        `--data=${this.dataDirectory}`,
        ...this.#settings,
      ],
      directory: this.#directory,
      environment: {},
      logFile: this.logFile,
    });
    let lastCause: unknown;
    try {
      await process.ready(async () => {
        lastCause = await this.#whyNoAnswer();
        return lastCause === undefined;
      }, readyTimeoutMs);
    } catch (error) {
      await process.stop(0);
      throw withCause(error, lastCause);
    }
    this.#process = process;
  }

  async kill(): Promise<{ pid: number; signal: string }> {
    const process = this.#running();
    this.#process = undefined;
    const end = await process.kill('SIGKILL');
    return { pid: process.pid, signal: end.signal ?? `exit code ${end.code}` };
  }

  async losePower(): Promise<PowerLossEvidence> {
    const killed = await this.kill();
    return { ...killed, lostBytes: loseUnsynced(this.dataDirectory) };
  }

  unsyncedBytes(): number {
    return bytesNotSynced(this.dataDirectory);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    await process?.stop(stopGraceMs);
  }

  #running(): ManagedProcess {
    if (this.#process !== undefined) return this.#process;
    throw new AckmarkError('PROCESS_DIED', `${this.name} is not running`, {
      hint: 'Restart it first.',
    });
  }

  /**
   * Undefined once a greeting is answered: the port alone could be anybody's.
   *
   * @throws AckmarkError when somebody else answers, which no waiting changes
   */
  async #whyNoAnswer(): Promise<unknown> {
    try {
      const connection = await BrokerConnection.open(
        {
          address: `${loopback}:${this.#port}`,
          kind: this.#kind,
          name: 'readiness',
          connectTimeoutMs: probeTimeoutMs,
          requestTimeoutMs: probeTimeoutMs,
          signal: this.#host.signal,
        },
        { pushed: () => {}, closed: () => {}, drained: () => {} },
      );
      connection.close();
      return undefined;
    } catch (error) {
      const isOther = error instanceof AckmarkError && error.cause instanceof ProtocolError;
      if (isOther || this.#host.signal.aborted) throw error;
      return error;
    }
  }
}

/** That it was not ready says little; what the last attempt met says why. */
function withCause(error: unknown, cause: unknown): unknown {
  const isBare = error instanceof AckmarkError && error.cause === undefined;
  if (!isBare || cause === undefined) return error;
  return new AckmarkError(error.code, error.message, { hint: error.hint, cause });
}
