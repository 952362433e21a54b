import type { Endpoint } from '../../engines/provisioner.ts';
import type { Clock } from '../core/clock.ts';
import { AckmarkError } from '../core/errors.ts';
import { type AddedLatency, measureEchoes } from './added-latency.ts';
import type { CutConnections, LostResponses } from './evidence.ts';
import type { ProxyTraffic } from './proxy-messages.ts';
import { WorkerLine } from './worker-line.ts';

/** The lost-response fault: the request is forwarded, its answer swallowed, the connection cut. */
export interface LoseResponses {
  readonly times: number;
  /** At least so long between one lost answer and the next. */
  readonly everyMs: number;
  /** The fault ends by then, with what it has done. */
  readonly timeoutMs: number;
  /** Ends it at once, with what it has done. */
  readonly signal?: AbortSignal;
}

/** Faults that act on one address of the broker or on all of them. */
interface Faults {
  /**
   * Resolves with the evidence when it has fired `times` times, or when it ends before that.
   * Rejects with BAD_ENGINE when the proxies were opened without a wire module, and with
   * ENGINE_BROKE_CONTRACT when that module failed on any byte so far.
   */
  loseResponses(fault: LoseResponses): Promise<LostResponses>;
  /** Resets every open connection, on both sides. */
  cutAll(): Promise<CutConnections>;
}

export interface FaultProxy extends Faults {
  /** Bound already: a broker that advertises its address advertises this one. */
  readonly endpoint: Endpoint;
  /** Until then, connections are reset. */
  forwardTo(endpoint: Endpoint): Promise<void>;
  traffic(): Promise<ProxyTraffic>;
}

/** All proxies of one target; they share one worker thread. */
export interface ProxyGroup extends Faults {
  readonly proxies: readonly FaultProxy[];
  /** What going through the proxy costs when it only passes bytes on. Takes well under a second. */
  measureAddedLatency(clock: Clock): Promise<AddedLatency>;
  close(): Promise<void>;
}

/** @param wire URL of a module that exports `wire: Wire`; without one no answer can be recognised */
export async function openProxies(count: number, wire?: URL): Promise<ProxyGroup> {
  const line = new WorkerLine({ listeners: count + 1, opaque: 1, wire: wire?.href });
  let endpoints: readonly Endpoint[];
  try {
    endpoints = await line.opened();
  } catch (error) {
    await line.close();
    throw error;
  }
  const indexes = Array.from({ length: count }, (_, index) => index);
  const forward = async (listener: number, to: Endpoint): Promise<void> => {
    await line.request({ do: 'forward', listener, to }).reply;
  };
  return {
    ...faultsOn(indexes, line, wire !== undefined),
    proxies: endpoints.slice(0, count).map((endpoint, index) => ({
      ...faultsOn([index], line, wire !== undefined),
      endpoint,
      forwardTo: (to) => forward(index, to),
      traffic: async () => (await line.request({ do: 'traffic', listener: index }).reply).traffic,
    })),
    measureAddedLatency: (clock) => {
      const through = endpoints[count];
      if (through === undefined) throw new RangeError('the proxy has no opaque listener');
      return measureEchoes(through, (echo) => forward(count, echo), clock);
    },
    close: () => line.close(),
  };
}

function faultsOn(listeners: readonly number[], line: WorkerLine, hasWire: boolean): Faults {
  return {
    loseResponses: async ({ times, everyMs, timeoutMs, signal }) => {
      if (!hasWire) {
        throw new AckmarkError('BAD_ENGINE', 'the engine cannot tell the answers to its sends', {
          hint: 'Set `wire` of the engine to a module as engines/wire.ts describes it.',
        });
      }
      const { id, reply } = line.request({
        do: 'lose-responses',
        listeners,
        times,
        everyMs,
        timeoutMs,
      });
      const end = (): void => {
        line.request({ do: 'disarm', request: id }).reply.catch(() => {
          // The line is broken, and `reply` says so.
        });
      };
      if (signal?.aborted === true) end();
      signal?.addEventListener('abort', end, { once: true });
      try {
        return (await reply).evidence;
      } finally {
        signal?.removeEventListener('abort', end);
      }
    },
    cutAll: async () => {
      const { connectionsCut } = await line.request({ do: 'cut', listeners }).reply;
      return { connectionsCut };
    },
  };
}
