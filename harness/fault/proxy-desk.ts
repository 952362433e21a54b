import { AckmarkError, invariant } from '../core/errors.ts';
import { ArmedLoss } from './armed-loss.ts';
import type { ProxyListener } from './proxy-listener.ts';
import type { ProxyCommand, ProxyRequest, ProxyValue } from './proxy-messages.ts';

/** Carries out the coordinator's commands inside the proxy's worker. */
export class ProxyDesk {
  readonly #listeners: readonly ProxyListener[];
  readonly #endOfLoss = new Map<number, () => void>();

  constructor(listeners: readonly ProxyListener[]) {
    this.#listeners = listeners;
  }

  async carryOut({ id, command }: ProxyRequest): Promise<ProxyValue> {
    if (command.do === 'lose-responses') return this.#loseResponses(id, command);
    if (command.do === 'forward') {
      this.#listener(command.listener).forwardTo(command.to);
      return { of: 'forward' };
    }
    if (command.do === 'disarm') {
      this.#endOfLoss.get(command.request)?.();
      return { of: 'disarm' };
    }
    if (command.do === 'cut') {
      const cut = command.listeners.map((index) => this.#listener(index).cutAll());
      return { of: 'cut', connectionsCut: cut.reduce((sum, each) => sum + each, 0) };
    }
    return { of: 'traffic', traffic: this.#listener(command.listener).traffic() };
  }

  async #loseResponses(
    id: number,
    command: Extract<ProxyCommand, { readonly do: 'lose-responses' }>,
  ): Promise<ProxyValue> {
    const listeners = command.listeners.map((index) => this.#listener(index));
    const ended = Promise.withResolvers<void>();
    const loss = new ArmedLoss(command.times, command.everyMs, ended.resolve);
    const timer = setTimeout(ended.resolve, command.timeoutMs);
    this.#endOfLoss.set(id, ended.resolve);
    try {
      for (const listener of listeners) listener.arm(loss);
      await ended.promise;
    } finally {
      clearTimeout(timer);
      this.#endOfLoss.delete(id);
      for (const listener of listeners) listener.disarm(loss);
    }
    const cause = listeners.find((listener) => listener.wireError !== undefined)?.wireError;
    if (cause === undefined) return { of: 'lose-responses', evidence: loss.evidence() };
    throw new AckmarkError('ENGINE_BROKE_CONTRACT', 'the wire module of the engine failed', {
      hint: 'Correct its fromClient and fromServer: every byte must come back, in whole frames.',
      cause,
    });
  }

  #listener(index: number): ProxyListener {
    const listener = this.#listeners[index];
    invariant(listener !== undefined, `the proxy has no listener ${index}`);
    return listener;
  }
}
