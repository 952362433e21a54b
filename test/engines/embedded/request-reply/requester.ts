import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('./requester.entry.ts', import.meta.url));

/** A requester's process, and what it has printed. */
export class Requester {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #output = '';

  constructor(address: string, name: string, requests: number) {
    this.#child = spawn(process.execPath, [entry, address, name, `${requests}`]);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ended = promise;
    this.#child.on('close', () => resolve());
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    }
  }

  get hasAsked(): boolean {
    return /^asked$/m.test(this.#output);
  }

  get queue(): number {
    return Number(/^queue (\d+)$/m.exec(this.#output)?.[1]);
  }

  /** In the order of their coming: `<correlation id> <body>`. */
  get answers(): readonly string[] {
    return [...this.#output.matchAll(/^answer (.*)$/gm)].map(([, answer = '']) => answer);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
