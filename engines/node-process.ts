import { invariant } from '../harness/core/errors.ts';
import type {
  KillEvidence,
  ManagedProcess,
  ProcessEnd,
  ProcessSpec,
  ProvisionHost,
  ProvisionRequest,
} from './provisioner.ts';

/** Starts processes in a member's own network, where there are such. */
export function hostOf(
  host: ProvisionHost,
  { networks }: Pick<ProvisionRequest, 'networks'>,
  member: number,
): ProvisionHost {
  if (networks === undefined) return host;
  return { ...host, start: (spec) => host.start(networks.inside(member, spec)) };
}

/** The process of one node over its incarnations; it is forgotten when it ends, however it ends. */
export class NodeProcess {
  readonly #host: ProvisionHost;
  readonly #name: string;
  #process: ManagedProcess | undefined;

  constructor(host: ProvisionHost, name: string) {
    this.#host = host;
    this.#name = name;
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  pid(): number {
    return this.#running().pid;
  }

  /** Resolved when it is ready; nothing of it is left when it does not get so far. */
  async start(
    spec: Omit<ProcessSpec, 'name'>,
    isReady: (started: ManagedProcess) => Promise<boolean>,
    timeoutMs: number,
  ): Promise<void> {
    invariant(this.#process === undefined, `${this.#name} runs already`);
    const started = await this.#host.start({ ...spec, name: this.#name });
    this.#process = started;
    void this.#forget(started);
    try {
      await started.ready(() => isReady(started), timeoutMs);
    } catch (error) {
      await started.kill('SIGKILL');
      throw error;
    }
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2'): void {
    this.#running().signal(signal);
  }

  async kill(): Promise<KillEvidence> {
    const running = this.#running();
    const end = await running.kill('SIGKILL');
    return { pid: running.pid, signal: end.signal ?? `exit code ${end.code}` };
  }

  async stop(graceMs: number): Promise<ProcessEnd | undefined> {
    return this.#process?.stop(graceMs);
  }

  /** Of one that ends by itself, having been asked to: who has not in time is killed. */
  async ended(withinMs: number): Promise<ProcessEnd | undefined> {
    const running = this.#process;
    if (running === undefined) return undefined;
    const timer = setTimeout(() => void running.kill('SIGKILL'), withinMs);
    try {
      return await running.ended;
    } finally {
      clearTimeout(timer);
    }
  }

  #running(): ManagedProcess {
    invariant(this.#process !== undefined, `${this.#name} is down`);
    return this.#process;
  }

  async #forget(ended: ManagedProcess): Promise<void> {
    await ended.ended;
    if (this.#process === ended) this.#process = undefined;
  }
}
