import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {
  BrokerNode,
  KillEvidence,
  ManagedProcess,
  PowerLossEvidence,
  ProcessEnd,
  ProvisionHost,
  Replica,
  UnsyncedData,
} from '../provisioner.ts';
import { Lives } from './host/cluster/lives.ts';
import { lagMs, sessionMs } from './host/cluster/times.ts';
import { bytesNotSynced, loseUnsynced } from './host/synced-lengths.ts';
import type { ReplicatedKind } from './host/replicated.ts';
import type { ClusterState } from './replication/messages.ts';
import { nodeEnvironment } from './node-environment.ts';
import { loopback, probe, running, startProbed } from './started.ts';

const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const entry = fileURLToPath(new URL(`./host/cluster/replica.entry.${suffix}`, import.meta.url));
const stopGraceMs = 3_000;
/** Until what is due is noticed and decided, also on a busy machine. */
const marginMs = 500;

export interface ClusterNodeOptions {
  readonly kind: ReplicatedKind;
  readonly number: number;
  /** Of the whole cluster. */
  readonly nodes: number;
  readonly port: number;
  /** Of the whole target; the node has one of its own in it. */
  readonly directory: string;
  /** Where the controller writes what it has decided. */
  readonly stateFile: string;
  /** The node's own arguments beyond its number, port and directory. */
  readonly settings: readonly string[];
}

/** One node of an embedded cluster as a process. */
export class ClusterNode implements BrokerNode {
  readonly name: string;
  readonly dataDirectory: string;
  readonly logFile: string;
  readonly replica: Replica;
  readonly unsynced: UnsyncedData;
  readonly #host: ProvisionHost;
  readonly #options: ClusterNodeOptions;
  #process: ManagedProcess | undefined;

  constructor(host: ProvisionHost, options: ClusterNodeOptions) {
    this.name = `embedded ${options.kind} node ${options.number}`;
    this.dataDirectory = join(options.directory, `node-${options.number}`);
    this.logFile = join(options.directory, `node-${options.number}.log`);
    this.#host = host;
    this.#options = options;
    const standing = {
      pause: () => running(this.#process, this.name).signal('SIGSTOP'),
      resume: () => running(this.#process, this.name).signal('SIGCONT'),
    };
    this.unsynced = { ...standing, bytes: () => bytesNotSynced(this.dataDirectory) };
    this.replica = {
      ...standing,
      outOfSyncMs: lagMs + marginMs,
      successionMs: sessionMs + marginMs,
      leads: () => this.#leads(),
      hasAll: () => this.#hasAll(),
    };
  }

  pid(): number {
    return running(this.#process, this.name).pid;
  }

  async start(): Promise<void> {
    await mkdir(this.dataDirectory, { recursive: true });
    const { kind, number, port, directory, settings } = this.#options;
    const spec = {
      name: this.name,
      command: this.#host.nodeExecutable,
      arguments: [
        entry,
        `--kind=${kind}`,
        `--node=${number}`,
        `--host=${loopback}`,
        `--port=${port}`,
        `--data=${this.dataDirectory}`,
        ...settings,
      ],
      directory,
      environment: nodeEnvironment(this.#host),
      logFile: this.logFile,
    };
    this.#process = await startProbed(this.#host, spec, () => probe(this.#host, kind, port));
  }

  async kill(): Promise<KillEvidence> {
    const process = running(this.#process, this.name);
    this.#process = undefined;
    const end = await process.kill('SIGKILL');
    return { pid: process.pid, signal: end.signal ?? `exit code ${end.code}` };
  }

  async losePower(): Promise<PowerLossEvidence> {
    const killed = await this.kill();
    const lostBytes = loseUnsynced(this.dataDirectory);
    new Lives(this.dataDirectory, '').powerLost();
    return { ...killed, lostBytes };
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<ProcessEnd | undefined> {
    const process = this.#process;
    this.#process = undefined;
    return process?.stop(stopGraceMs);
  }

  /** Whether clients are served here. */
  async serves(): Promise<boolean> {
    const { is } = await probe(this.#host, this.#options.kind, this.#options.port);
    return is === 'serving';
  }

  /** The controller says who leads; the node itself may be busy, or may not know it any more. */
  async #leads(): Promise<boolean> {
    if (this.#process === undefined) return false;
    return (await this.#decided()).leader?.node === this.#options.number;
  }

  async #hasAll(): Promise<boolean> {
    if (this.#process === undefined) return false;
    const { leader, inSync } = await this.#decided();
    return leader !== undefined && inSync.length === this.#options.nodes;
  }

  async #decided(): Promise<ClusterState> {
    return JSON.parse(await readFile(this.#options.stateFile, 'utf8')) as ClusterState;
  }
}
