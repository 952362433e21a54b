import { createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../../engines/provisioner.ts';
import type { Wire } from '../../engines/wire.ts';
import { invariant } from '../core/errors.ts';
import type { ArmedLoss } from './armed-loss.ts';
import { ProxiedConnection } from './proxied-connection.ts';
import type { ProxyTraffic } from './proxy-messages.ts';

const loopback = '127.0.0.1';

/**
 * One port of the proxy. It is bound before the broker behind it exists; until `forwardTo`, and while the
 * broker refuses, a client's connection is accepted and reset.
 */
export class ProxyListener {
  readonly #wire: Wire | undefined;
  readonly #nowMs: () => number;
  readonly #server: Server;
  readonly #connections = new Set<ProxiedConnection>();
  #to: Endpoint | undefined;
  #armed: ArmedLoss | undefined;
  #connectionsOpened = 0;
  #bytesForwarded = 0;
  #bytesReturned = 0;
  /** The first error of the wire module; from then on the fault proves nothing here. */
  wireError: unknown;

  constructor(wire: Wire | undefined, nowMs: () => number) {
    this.#wire = wire;
    this.#nowMs = nowMs;
    const options = { allowHalfOpen: true, pauseOnConnect: true, noDelay: true };
    this.#server = createServer(options, (client) => this.#accept(client));
  }

  open(): Promise<Endpoint> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, loopback, () => {
        const address = this.#server.address();
        invariant(typeof address === 'object' && address !== null, 'a TCP server has a port');
        resolve({ host: loopback, port: address.port });
      });
    });
  }

  forwardTo(endpoint: Endpoint): void {
    this.#to = endpoint;
  }

  arm(loss: ArmedLoss): void {
    invariant(this.#armed === undefined, 'a proxy loses responses for one fault at a time');
    this.#armed = loss;
  }

  disarm(loss: ArmedLoss): void {
    if (this.#armed === loss) this.#armed = undefined;
  }

  cutAll(): number {
    return [...this.#connections].filter((connection) => connection.cut()).length;
  }

  traffic(): ProxyTraffic {
    return {
      connectionsOpened: this.#connectionsOpened,
      connectionsOpen: this.#connections.size,
      bytesForwarded: this.#bytesForwarded,
      bytesReturned: this.#bytesReturned,
    };
  }

  #accept(client: Socket): void {
    if (this.#to === undefined) {
      client.resetAndDestroy();
      return;
    }
    this.#connectionsOpened += 1;
    const connection = new ProxiedConnection(client, this.#to, this.#wire?.connection(), {
      nowMs: this.#nowMs,
      armed: () => this.#armed,
      forwarded: (bytes) => {
        this.#bytesForwarded += bytes;
      },
      returned: (bytes) => {
        this.#bytesReturned += bytes;
      },
      wireFailed: (error) => {
        this.wireError ??= error;
      },
      closed: (closed) => {
        this.#connections.delete(closed);
      },
    });
    this.#connections.add(connection);
  }
}
