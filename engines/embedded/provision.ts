import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AckmarkError } from '../../harness/core/errors.ts';
import type { Target } from '../engine.ts';
import type {
  BrokerNode,
  ManagedProcess,
  PowerLossEvidence,
  ProcessEnd,
  Provisioned,
  Provisioner,
  ProvisionHost,
  ProvisionRequest,
  UnsyncedData,
} from '../provisioner.ts';
import { tierLine } from './host/tier.ts';
import { bytesNotSynced, loseUnsynced } from './host/synced-lengths.ts';
import { type BrokerKind, protocolVersion } from './protocol/protocol.ts';
import { nodeEnvironment } from './node-environment.ts';
import { loopback, probe, running, startProbed } from './started.ts';

const stopGraceMs = 3_000;
const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const entry = fileURLToPath(new URL(`./host/broker.entry.${suffix}`, import.meta.url));

/**
 * One broker process on this machine with its journal in the request's directory.
 * @param cluster brings up several nodes, where the broker replicates
 */
export function embeddedProvisioner(kind: BrokerKind, cluster?: Provisioner['up']): Provisioner {
  return {
    // It is part of Ackmark: there is nothing to fetch.
    fetch: async () => {},
    up: (host, request) =>
      cluster !== undefined && request.nodes > 1 ? cluster(host, request) : up(kind, host, request),
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
    down: async () => void (await node.stop()),
  };
}

class EmbeddedNode implements BrokerNode {
  readonly name: string;
  readonly dataDirectory: string;
  readonly logFile: string;
  readonly unsynced: UnsyncedData;
  readonly #kind: BrokerKind;
  readonly #host: ProvisionHost;
  readonly #directory: string;
  readonly #port: number;
  readonly #settings: readonly string[];
  readonly #hasTier: boolean;
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
    this.unsynced = {
      bytes: () => bytesNotSynced(this.dataDirectory),
      pause: () => this.#running().signal('SIGSTOP'),
      resume: () => this.#running().signal('SIGCONT'),
    };
    this.#kind = kind;
    this.#host = host;
    this.#directory = directory;
    this.#port = port;
    // The broker's own arguments, which it checks; what is asked of replicas, one node does not have.
    const { 'min-in-sync': _, 'unclean-election': __, ...own } = settings;
    this.#hasTier = own['local-bytes'] !== undefined;
    this.#settings = Object.entries(own).map(([name, value]) => `--${name}=${value}`);
  }

  pid(): number {
    return this.#running().pid;
  }

  async start(): Promise<void> {
    await mkdir(this.dataDirectory, { recursive: true });
    const spec = {
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
      environment: nodeEnvironment(this.#host),
      logFile: this.logFile,
    };
    const probed = () => probe(this.#host, this.#kind, this.#port);
    this.#process = await startProbed(this.#host, spec, probed);
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

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<ProcessEnd | undefined> {
    const process = this.#process;
    this.#process = undefined;
    const end = await process?.stop(stopGraceMs);
    if (end !== undefined && this.#hasTier) await this.#tellOfTier();
    return end;
  }

  /** What its clients cannot see: how much of it all lay elsewhere, and was read there. */
  async #tellOfTier(): Promise<void> {
    const lines = (await readFile(this.logFile, 'utf8')).split('\n');
    const line = lines.findLast((said) => said.startsWith(tierLine));
    if (line !== undefined) this.#host.note(`${this.name}, ${line}`);
  }

  #running(): ManagedProcess {
    return running(this.#process, this.name);
  }
}
