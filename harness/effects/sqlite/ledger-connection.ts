import { connect, type Socket } from 'node:net';
import { AckmarkError } from '../../core/errors.ts';
import { type LedgerAnswer, type LedgerRequest, Lines } from './protocol.ts';

const connectMs = 5_000;
/** An answer is a transaction on a disk that others use too. */
const answerMs = 30_000;

export type Asked = LedgerRequest extends infer R
  ? R extends { readonly id: number }
    ? Omit<R, 'id'>
    : never
  : never;

/** One connection to a ledger, until it is lost: what is unanswered then is rejected, for nobody knows whether it was done. */
export class LedgerConnection {
  readonly #socket: Socket;
  readonly #onLost: () => void;
  readonly #open = new Map<number, PromiseWithResolvers<LedgerAnswer>>();
  readonly #up = Promise.withResolvers<void>();
  #next = 1;
  #loss: AckmarkError | undefined;

  /** @param onLost called once, before anything is rejected */
  constructor(port: number, onLost: () => void) {
    this.#onLost = onLost;
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.setEncoding('utf8').setTimeout(connectMs);
    const lines = new Lines((line) => this.#answered(JSON.parse(line) as LedgerAnswer));
    this.#socket.on('data', (text: string) => lines.push(text));
    this.#socket.once('connect', () => {
      this.#socket.setTimeout(0);
      this.#up.resolve();
    });
    this.#socket.once('timeout', () => this.#lose(new Error('no connection in 5 s')));
    this.#socket.once('error', (cause) => this.#lose(cause));
    this.#socket.once('close', () => this.#lose(new Error('it closed the connection')));
  }

  async ask(request: Asked): Promise<LedgerAnswer> {
    await this.#up.promise;
    if (this.#loss !== undefined) throw this.#loss;
    const id = this.#next;
    this.#next += 1;
    const answer = Promise.withResolvers<LedgerAnswer>();
    this.#open.set(id, answer);
    const timer = setTimeout(() => this.#lose(new Error('no answer in 30 s')), answerMs);
    this.#socket.write(`${JSON.stringify({ ...request, id })}\n`);
    return answer.promise.finally(() => clearTimeout(timer));
  }

  close(): void {
    this.#lose(new Error('it was closed here'));
  }

  #answered(answer: LedgerAnswer): void {
    this.#open.get(answer.id)?.resolve(answer);
    this.#open.delete(answer.id);
  }

  #lose(cause: Error): void {
    if (this.#loss !== undefined) return;
    const loss = new AckmarkError('CONNECT_FAILED', 'the effect ledger is not there', {
      hint: 'Its process may have been killed, or the machine is too busy to answer: run the cell again.',
      cause,
    });
    this.#loss = loss;
    this.#onLost();
    this.#socket.destroy();
    this.#up.reject(loss);
    for (const open of this.#open.values()) open.reject(loss);
    this.#open.clear();
  }
}
