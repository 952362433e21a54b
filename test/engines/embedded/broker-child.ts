import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Target } from '../../../engines/engine.ts';
import type { BrokerKind } from '../../../engines/embedded/protocol/protocol.ts';

const entry = fileURLToPath(
  new URL('../../../engines/embedded/host/broker.entry.ts', import.meta.url),
);

export interface BrokerChildOptions {
  readonly kind: BrokerKind;
  readonly data: string;
  readonly settings?: readonly string[];
  /** No file may become larger, as on a disk that is full. */
  readonly fileBytesMost?: number;
}

/** A broker process that a test starts by itself, because it is to fail. */
export class BrokerChild {
  readonly #child: ChildProcess;
  readonly #kind: BrokerKind;
  readonly #ended: Promise<number | null>;
  #output = '';

  private constructor(child: ChildProcess, kind: BrokerKind) {
    this.#child = child;
    this.#kind = kind;
    const { promise, resolve } = Promise.withResolvers<number | null>();
    this.#ended = promise;
    child.on('close', resolve);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    }
  }

  /** Until it is ready, or has ended. */
  static async start(options: BrokerChildOptions): Promise<BrokerChild> {
    const { kind, data, settings = [], fileBytesMost } = options;
    const own = ['--kind', kind, '--port', '0', '--data', data, ...settings];
    const limited = `ulimit -S -f ${(fileBytesMost ?? 0) / 512}; exec "$0" "$@"`;
    const command = [process.execPath, entry, ...own];
    const [name = '', ...rest] =
      fileBytesMost === undefined ? command : ['sh', '-c', limited, ...command];
    const broker = new BrokerChild(spawn(name, rest), kind);
    const { promise: isReady, resolve } = Promise.withResolvers<void>();
    broker.#child.stdout?.on('data', () => {
      if (broker.#output.includes('ready ')) resolve();
    });
    await Promise.race([isReady, broker.#ended]);
    return broker;
  }

  get output(): string {
    return this.#output;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get port(): number {
    return Number(/port=(\d+)/.exec(this.#output)?.[1]);
  }

  get target(): Target {
    const address = `127.0.0.1:${this.port}`;
    return { kind: 'external', title: this.#kind, address, nodes: 1, settings: {} };
  }

  /** Its exit code, once it has ended by itself. */
  get ended(): Promise<number | null> {
    return this.#ended;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.#ended;
  }
}
