import { Duplex } from 'node:stream';
import { type Channel, type ChannelModel, connect, type SocketOptions } from 'amqplib';
import { invariant } from '../../harness/core/errors.ts';
import type { Target } from '../engine.ts';
import { type TlsOptions, tlsOptionsOf } from '../external-access.ts';
import { cannotConnect } from './access.ts';
import { addressesOf, type RabbitAddress } from './address.ts';
import { gatherWrites } from './gathered-writes.ts';
import { type Product, productOf } from './product.ts';

const connectTimeoutMs = 10_000;
/** Of one node of several. */
const nodeTimeoutMs = 3_000;
/** How long a peer may take to answer a goodbye; a dead or frozen one never does. */
const farewellMs = 2_000;

export interface Link {
  readonly model: ChannelModel;
  readonly product: Product;
  /** Set before any channel of the connection reports its end. */
  readonly failure: () => unknown;
  /** Says goodbye if the peer still listens, and destroys the socket if it does not. Idempotent. */
  close(): Promise<void>;
}

interface LinkOptions {
  /** Shown by the broker's own tools. */
  readonly name: string;
  readonly heartbeatSeconds: number;
  readonly signal?: AbortSignal;
  /** Share of the way through the nodes at which to begin, from 0 to below 1; at the first where nothing is said. */
  readonly beginAt?: number;
}

/**
 * One connection, to the first node that takes it: no reconnection, no Nagle, every error event handled. Of
 * several nodes one may stand still, which takes connections and says nothing, so each gets less time.
 */
export async function openLink(target: Target, options: LinkOptions): Promise<Link> {
  const nodes = addressesOf(target);
  const tls = tlsOptionsOf(target.settings);
  const first = Math.floor((options.beginAt ?? 0) * nodes.length);
  const failures: unknown[] = [];
  for (const node of [...nodes.slice(first), ...nodes.slice(0, first)]) {
    try {
      const timeoutMs = nodes.length > 1 ? nodeTimeoutMs : connectTimeoutMs;
      return await openTo(node, { timeoutMs, tls }, options);
    } catch (failure) {
      failures.push(failure);
      if (options.signal?.aborted === true) break;
    }
  }
  throw cannotConnect(target, failures.at(-1));
}

async function openTo(
  at: RabbitAddress,
  { timeoutMs, tls }: { readonly timeoutMs: number; readonly tls: TlsOptions | undefined },
  options: LinkOptions,
): Promise<Link> {
  const destroyer = new AbortController();
  const destroy = (): void => destroyer.abort();
  options.signal?.throwIfAborted();
  options.signal?.addEventListener('abort', destroy, { once: true });
  // net.connect takes the signal although the client's own types do not mention it.
  const socket: SocketOptions & { readonly signal: AbortSignal } = {
    ...tls,
    noDelay: true,
    timeout: timeoutMs,
    clientProperties: { connection_name: options.name },
    signal: destroyer.signal,
  };
  try {
    const model = await connect({ ...at, heartbeat: options.heartbeatSeconds }, socket);
    gatherWrites(streamOf(model));
    return watch(model, destroy);
  } finally {
    options.signal?.removeEventListener('abort', destroy);
  }
}

/** Its socket, which the client's own types do not mention. */
function streamOf(model: ChannelModel): Duplex {
  const { stream } = model.connection as unknown as { readonly stream?: unknown };
  invariant(stream instanceof Duplex, 'a connection of amqplib has its socket as `stream`');
  return stream;
}

function watch(model: ChannelModel, destroy: () => void): Link {
  let failure: unknown;
  let ended = false;
  let closing: Promise<void> | undefined;
  model.on('error', (error) => {
    failure ??= error;
  });
  model.on('close', (error) => {
    failure ??= error;
    ended = true;
  });
  return {
    model,
    product: productOf(model.connection.serverProperties),
    failure: () => failure,
    close: () => {
      closing ??= ended ? Promise.resolve() : farewell(() => model.close(), destroy);
      return closing;
    },
  };
}

/**
 * What a sink throws is the harness's own failure. The client would take it for a broken connection; here
 * it ends the thread instead, uncaught.
 */
export function letSinksThrow(channel: Channel): void {
  channel.on('handler-error', (error) => {
    throw error;
  });
}

/** Awaits `goodbye`, but not for ever; it may also fail because the peer was faster. */
export async function farewell(goodbye: () => Promise<void>, destroy: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      destroy();
      resolve();
    }, farewellMs);
  });
  try {
    await Promise.race([goodbye().catch(() => undefined), patience]);
  } finally {
    clearTimeout(timer);
  }
}
