import { createClient, ErrorReply, RESP_TYPES } from '@redis/client';
import { Fifo } from '../fifo.ts';
import type { Endpoint } from '../provisioner.ts';
import { cannotConnect, withoutUser } from './access.ts';
import type { Access } from './address.ts';
import { codeOfErrorReply, isFromNoPrimary, RedisCode } from './outcomes.ts';

const connectTimeoutMs = 2_000;
const tickMs = 100;
const asBytes = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } };

export interface LinkSpec {
  /** Shown by `CLIENT LIST`. */
  readonly name: string;
  /** How long the oldest command may wait for its answer, and an opening until it has let us in. */
  readonly answerTimeoutMs: number;
  /** Ends an opening that is under way. */
  readonly signal?: AbortSignal;
}

/**
 * One connection to one server, in the second version of its protocol, where every command has one answer and
 * answers come in order. It does not reconnect, which would send again behind our back; commands of one turn of the
 * event loop leave in one write.
 */
export class Link {
  readonly #client: Client;
  /** Resolves when it is over and every call has ended. */
  readonly ended: Promise<Error>;
  readonly #over = Promise.withResolvers<Error>();
  readonly #watch: NodeJS.Timeout;
  /** The tick at which each unanswered command was sent, the oldest first. */
  readonly #asked = new Fifo<number>();
  readonly #patienceTicks: number;
  #tick = 0;
  #reason: Error | undefined;
  #gaveUp = false;

  private constructor(client: Client, { answerTimeoutMs }: LinkSpec) {
    this.#client = client;
    this.ended = this.#over.promise;
    this.#patienceTicks = Math.ceil(answerTimeoutMs / tickMs) + 1;
    // Ticks and not a clock: a thread that stood still has not read the answers that wait for it.
    this.#watch = setInterval(() => this.#lookOut(), tickMs);
    client.on('connect', () => {
      // One that was given up while it connected had no socket to destroy before this.
      if (this.#reason !== undefined) client.destroy();
    });
    client.on('error', (error: Error) => this.end(error));
    client.on('end', () => this.end(new Error('the connection was closed')));
  }

  /** @throws AckmarkError CONNECT_FAILED, TLS_FAILED or ACCESS_REFUSED */
  static async open(server: Endpoint, access: Access, spec: LinkSpec): Promise<Link> {
    const client = newClient(server, access, spec.name);
    const link = new Link(client, spec);
    const abandon = (): void => link.end(new Error('nobody waits for it any more'));
    spec.signal?.addEventListener('abort', abandon, { once: true });
    // The client's own timeout ends with the handshake of TLS; the answer to a login is waited for like any other.
    link.#asked.push(link.#tick);
    try {
      await Promise.race([client.connect(), link.#failed()]);
      return link;
    } catch (error) {
      // Of a client that was destroyed the error says only that.
      const cause = link.#reason ?? error;
      link.end(new Error('it was never open'));
      throw cannotConnect(server, cause);
    } finally {
      link.#asked.shift();
      spec.signal?.removeEventListener('abort', abandon);
    }
  }

  get isOpen(): boolean {
    return this.#reason === undefined;
  }

  /**
   * Bulk strings of the answer come as text, or as bytes. Whatever a call rejects with, `codeOf` knows what it means;
   * a server that is not the primary any more ends the link.
   */
  async call<T>(args: readonly (string | Buffer)[], as: 'text' | 'bytes' = 'text'): Promise<T> {
    this.#asked.push(this.#tick);
    try {
      return await this.#client.sendCommand<T>(args, as === 'bytes' ? asBytes : undefined);
    } catch (error) {
      if (!(error instanceof ErrorReply)) throw error;
      const refusal = new ErrorReply(withoutUser(error.message));
      if (isFromNoPrimary(refusal.message)) this.end(refusal);
      throw refusal;
    } finally {
      this.#asked.shift();
    }
  }

  codeOf(error: unknown): RedisCode {
    if (error instanceof ErrorReply) return codeOfErrorReply(error.message);
    return this.#gaveUp ? RedisCode.noAnswer : RedisCode.connectionLost;
  }

  /** Ends it at once; what is unanswered is rejected. Idempotent. */
  end(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    clearInterval(this.#watch);
    if (this.#client.isOpen) this.#client.destroy();
    // The client rejects its calls behind this event, and promises hand that on before the next turn.
    setImmediate(() => this.#over.resolve(reason));
  }

  async #failed(): Promise<never> {
    throw await this.ended;
  }

  #lookOut(): void {
    this.#tick += 1;
    const oldest = this.#asked.first;
    if (oldest === undefined || this.#tick - oldest <= this.#patienceTicks) return;
    this.#gaveUp = true;
    this.end(new Error('the server did not answer in time'));
  }
}

type Client = ReturnType<typeof newClient>;

function newClient({ host, port }: Endpoint, { tls, login }: Access, name: string) {
  const socket = {
    host,
    port,
    connectTimeout: connectTimeoutMs,
    reconnectStrategy: false,
  } as const;
  return createClient({
    RESP: 2,
    socket: tls === undefined ? socket : { ...socket, ...tls, tls: true },
    // A name may hold no spaces.
    name: name.replace(/[^!-~]/g, '-'),
    // Its own would cost a timer for each command, and covers only what is not written yet.
    commandOptions: { timeout: 0 },
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    ...login,
  });
}
