import { connect, createServer, type Socket } from 'node:net';
import { endpointOf } from '../../../engines/endpoints.ts';

/** A line to a server on which what clients say can be held; what the server says always passes. */
export class HeldLine {
  readonly address: string;
  readonly #close: () => void;
  #held: (() => void)[] | undefined;

  private constructor(address: string, close: () => void) {
    this.address = address;
    this.#close = close;
  }

  /** @param upstream `host:port` */
  static async open(upstream: string): Promise<HeldLine> {
    const sockets: Socket[] = [];
    const server = createServer((client) => {
      const ahead = connect(endpointOf(upstream));
      sockets.push(client, ahead);
      client.on('data', (said) => line.#pass(() => ahead.write(said)));
      ahead.on('data', (told) => client.write(told));
      client.on('close', () => ahead.destroy()).on('error', () => ahead.destroy());
      ahead.on('close', () => client.destroy()).on('error', () => client.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('no port');
    const line = new HeldLine(`127.0.0.1:${bound.port}`, () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return line;
  }

  hold(): void {
    this.#held ??= [];
  }

  /** What was held goes on, in order. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const pass of held) pass();
  }

  close(): void {
    this.#close();
  }

  #pass(on: () => void): void {
    if (this.#held === undefined) on();
    else this.#held.push(on);
  }
}
