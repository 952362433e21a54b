import type { Base, BaseOptions, Consumer, ConnectionPool, Producer } from '@platformatic/kafka';
import { AckmarkError } from '../../harness/core/errors.ts';
import type { Target } from '../engine.ts';
import { accessOptions, failureAt, nameOf } from './access.ts';
import type { KafkaOptions } from './options.ts';

/** What every client object of this engine is made with. */
export function baseOptions(target: Target, options: KafkaOptions, name: string): BaseOptions {
  return {
    clientId: name.replace(/\s+/g, '-'),
    bootstrapBrokers: target.address.split(','),
    ...accessOptions(target, options),
    requestTimeout: options.requestTimeoutMs,
    timeout: options.brokerTimeoutMs,
    retries: options.retries,
    retryDelay: options.retryDelayMs,
    maxInflights: options.maxInFlight,
    metadataMaxAge: 5_000,
    autocreateTopics: false,
  };
}

/** Kafka's own minimum (group.min.session.timeout.ms), for targets that do not say theirs. */
const leastSessionMs = 6_000;

export function sessionTimeoutMs(target: Target, options: KafkaOptions): number {
  const least = Number(target.settings['leastSessionTimeoutMs'] ?? leastSessionMs);
  return Math.max(options.sessionTimeoutMs, least);
}

/** Types that the client uses and does not export. */
export type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>;
export type ClientTransaction = Awaited<ReturnType<Producer['beginTransaction']>>;

type Listening = {
  on(name: string, listener: (...values: readonly unknown[]) => void): unknown;
};

/**
 * The client removes its own listener after a connection's first 'error' event, so that a second one ends
 * the process. The error itself reaches the callbacks of the requests; nothing is lost by ignoring it here.
 */
export function keepErrorsFromThrowing(client: Base, onError: (error: unknown) => void): void {
  (client as unknown as Listening).on('error', onError);
  keepPoolFromThrowing(client.connections);
}

export function keepPoolFromThrowing(pool: ConnectionPool): void {
  pool.on('connecting', ({ connection }) => {
    connection.on('error', () => undefined);
  });
}

/** The client's events by their name in the source; its types know only some of them. */
export function onClientEvent(
  client: Base,
  name: string,
  listener: (...values: readonly unknown[]) => void,
): void {
  (client as unknown as Listening).on(name, listener);
}

export function cannotConnect(target: Target, cause: unknown): AckmarkError {
  return failureAt(target, `cannot reach ${nameOf(target)}`, cause);
}

/**
 * Rejects with TIMED_OUT when `work` takes longer and with INTERRUPTED when `signal` is aborted; the work
 * itself goes on, so use it where its end no longer matters.
 */
export async function within<T>(
  work: Promise<T>,
  timeoutMs: number,
  what: string,
  signal?: AbortSignal,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(
      new AckmarkError('TIMED_OUT', `${what} took longer than ${timeoutMs} ms`, {
        hint: 'The broker may be down or overloaded; its log says more.',
      }),
    );
  }, timeoutMs);
  const stop = (): void =>
    reject(
      new AckmarkError('INTERRUPTED', `${what} was given up`, { hint: 'The actor was stopped.' }),
    );
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}
