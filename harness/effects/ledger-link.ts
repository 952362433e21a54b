import { connect, type Socket } from 'node:net';
import { AckmarkError, invariant } from '../core/errors.ts';
import { type LedgerAnswer, type LedgerRequest, Lines } from './protocol.ts';

const connectMs = 5_000;

type Asked = LedgerRequest extends infer R
  ? R extends { readonly id: number }
    ? Omit<R, 'id'>
    : never
  : never;

/**
 * A connection to a ledger, made when it is first needed and again after it was lost. What was asked and not answered
 * is rejected: nobody knows whether it was done.
 */
export class LedgerLink {
  readonly #port: number;
  #socket: Promise<Socket> | undefined;
  #next = 1;
  readonly #open = new Map<number, PromiseWithResolvers<LedgerAnswer>>();

  constructor(port: number) {
    this.#port = port;
  }

  /** @returns one for each input: whether its effect was applied, or was known already */
  async apply(inputs: readonly number[], isKeyed: boolean): Promise<readonly boolean[]> {
    const answer = await this.#ask({ do: 'apply', isKeyed, inputs });
    invariant(answer.is === 'applied', 'the ledger answers what it was asked');
    return answer.applied.map((one) => one > 0);
  }

  /** @returns `lane, seq, copies` of every input that has an effect */
  async read(): Promise<readonly number[]> {
    const answer = await this.#ask({ do: 'read' });
    invariant(answer.is === 'read', 'the ledger answers what it was asked');
    return answer.found;
  }

  async close(): Promise<void> {
    const socket = await this.#socket?.catch(() => undefined);
    socket?.destroy();
  }

  async #ask(request: Asked): Promise<LedgerAnswer> {
    this.#socket ??= this.#connected();
    const socket = await this.#socket;
    const id = this.#next;
    this.#next += 1;
    const answer = Promise.withResolvers<LedgerAnswer>();
    this.#open.set(id, answer);
    socket.write(`${JSON.stringify({ ...request, id })}\n`);
    return answer.promise;
  }

  async #connected(): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true });
    socket.setEncoding('utf8').setTimeout(connectMs);
    const lines = new Lines((line) => {
      const answer = JSON.parse(line) as LedgerAnswer;
      this.#open.get(answer.id)?.resolve(answer);
      this.#open.delete(answer.id);
    });
    socket.on('data', (text: string) => lines.push(text));
    await new Promise<void>((resolve, reject) => {
      const gone = (cause: Error): void => {
        const error = new AckmarkError('CONNECT_FAILED', 'the effect ledger is not there', {
          hint: 'Its process may have been killed, or the machine is too busy to answer: run the cell again.',
          cause,
        });
        reject(error);
        socket.destroy();
        this.#socket = undefined;
        for (const open of this.#open.values()) open.reject(error);
        this.#open.clear();
      };
      socket.once('connect', () => {
        socket.setTimeout(0);
        resolve();
      });
      socket.once('timeout', () => gone(new Error('no answer in 5 s')));
      socket.once('error', gone);
      socket.once('close', () => gone(new Error('it closed the connection')));
    });
    return socket;
  }
}
