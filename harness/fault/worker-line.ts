import { Worker } from 'node:worker_threads';
import type { Endpoint } from '../../engines/provisioner.ts';
import { AckmarkError, fromErrorRecord, InvariantError } from '../core/errors.ts';
import type {
  ProxyCommand,
  ProxyReply,
  ProxyRequest,
  ProxyValue,
  ProxyWorkerData,
} from './proxy-messages.ts';

interface Waiting {
  resolve(value: ProxyValue): void;
  reject(error: Error): void;
}

/** The coordinator's end of the line to the proxy's worker. */
export class WorkerLine {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #opened = Promise.withResolvers<readonly Endpoint[]>();
  #nextId = 0;
  #broken: Error | undefined;

  constructor(workerData: ProxyWorkerData) {
    const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
    const url = new URL(`./proxy.worker${extension}`, import.meta.url);
    this.#worker = new Worker(url, { workerData, name: 'ackmark proxy' });
    this.#worker.on('message', (message: ProxyReply) => this.#receive(message));
    this.#worker.on('error', (cause) => this.#break('the fault proxy failed', cause));
    this.#worker.on('exit', () => this.#break('the fault proxy was closed', undefined));
  }

  opened(): Promise<readonly Endpoint[]> {
    return this.#opened.promise;
  }

  /** @returns the request's id, for `disarm`, and its reply */
  request<T extends ProxyCommand['do']>(
    command: ProxyCommand & { readonly do: T },
  ): { readonly id: number; readonly reply: Promise<Extract<ProxyValue, { readonly of: T }>> } {
    const id = this.#nextId;
    this.#nextId += 1;
    return { id, reply: this.#send<T>({ id, command }, command.do) };
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async #send<T extends ProxyCommand['do']>(
    request: ProxyRequest,
    of: T,
  ): Promise<Extract<ProxyValue, { readonly of: T }>> {
    if (this.#broken !== undefined) throw this.#broken;
    const { promise, resolve, reject } = Promise.withResolvers<ProxyValue>();
    this.#waiting.set(request.id, { resolve, reject });
    this.#worker.postMessage(request);
    const value = await promise;
    if (isOf(value, of)) return value;
    throw new InvariantError(`the proxy answered ${of} with ${value.of}`);
  }

  #receive(message: ProxyReply): void {
    if (message.id === 'opened') {
      if ('error' in message) this.#opened.reject(fromErrorRecord(message.error));
      else this.#opened.resolve(message.endpoints);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('error' in message) waiting?.reject(fromErrorRecord(message.error));
    else waiting?.resolve(message.value);
  }

  #break(what: string, cause: unknown): void {
    this.#broken ??= new AckmarkError('IO', what, {
      hint: 'Run the cell again with its replay command.',
      cause,
    });
    this.#opened.reject(this.#broken);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#broken);
    this.#waiting.clear();
  }
}

function isOf<T extends ProxyValue['of']>(
  value: ProxyValue,
  of: T,
): value is Extract<ProxyValue, { readonly of: T }> {
  return value.of === of;
}
