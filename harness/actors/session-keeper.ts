import { setTimeout as pause } from 'node:timers/promises';
import type { ActorContext, Session } from '../../engines/engine.ts';
import { AckmarkError, describeError, type ErrorCode } from '../core/errors.ts';
import { emptyEvent, EventKind } from '../core/events.ts';
import type { ActorSpec } from './actor.ts';
import { endsWithin, type RoleContext } from './role.ts';

const connectTimeoutMs = 30_000;
const reconnectTimeoutMs = 60_000;
const firstBackoffMs = 50;
const longestBackoffMs = 1_000;
const closeTimeoutMs = 10_000;
const sessionNumbers = 65_536;

/** Makes the actor's producer or consumer on a fresh session. */
export type Attach = (session: Session, number: number) => Promise<void>;

/**
 * Keeps an actor connected: numbers its sessions, connects again after a disconnection with growing
 * pauses, gives up after a minute, and writes down when a session began and ended.
 */
export class SessionKeeper {
  readonly #spec: ActorSpec;
  readonly #context: RoleContext;
  readonly #attach: Attach;
  readonly #group: number;
  readonly #stop = new AbortController();
  #next: number;
  #session: Session | undefined;
  #number = -1;

  constructor(spec: ActorSpec, context: RoleContext, group: number, attach: Attach) {
    this.#spec = spec;
    this.#context = context;
    this.#group = group;
    this.#attach = attach;
    this.#next = spec.firstSession;
  }

  /** Number of the open session, -1 between sessions. */
  get number(): number {
    return this.#number;
  }

  get isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** One attempt. @throws AckmarkError CONNECT_FAILED, or what the engine threw if it is one of ours. */
  async open(): Promise<void> {
    const number = this.#next;
    if (number - this.#spec.firstSession >= sessionNumbers) {
      throw this.#failed('the actor used up its session numbers', undefined);
    }
    this.#next += 1;
    let expired = false;
    let failure: unknown;
    const connecting = this.#connect(number, () => expired).catch((error: unknown) => {
      failure = error;
      throw error;
    });
    if (await endsWithin(connecting, connectTimeoutMs)) return;
    expired = true;
    const session = this.#session;
    this.#session = undefined;
    this.ended();
    if (session !== undefined) await closeQuietly(session);
    if (failure instanceof AckmarkError) throw failure;
    throw this.#failed(`no connection to ${this.#spec.target.title}`, failure);
  }

  async #connect(number: number, isExpired: () => boolean): Promise<void> {
    const { engine } = this.#context;
    const { target, engineOptions } = this.#spec;
    const session = await engine.connect(target, engineOptions, this.#actor(number));
    if (isExpired()) return closeQuietly(session);
    this.#session = session;
    // Before anything can be delivered to it, so that "dispatched to a session opened after" is certain.
    this.#number = number;
    this.#record(EventKind.sessionOpened, number);
    await this.#attach(session, number);
  }

  /** Between `lost` and the resolution nobody has a session. Resolves without one after `stop`. */
  async reopen(): Promise<void> {
    this.ended();
    const session = this.#session;
    this.#session = undefined;
    if (session !== undefined) await closeQuietly(session);
    const deadlineNs = this.#context.clock.nowNs() + reconnectTimeoutMs * 1e6;
    let backoffMs = firstBackoffMs;
    while (!this.isStopped) {
      try {
        await pause(backoffMs * (0.5 + this.#context.random.unit()), undefined, {
          signal: this.#stop.signal,
        });
        await this.open();
        return;
      } catch (error) {
        if (this.isStopped) return;
        if (!isTransient(error) || this.#context.clock.nowNs() > deadlineNs) throw error;
        backoffMs = Math.min(backoffMs * 2, longestBackoffMs);
      }
    }
  }

  /** The session is gone as of now; idempotent. */
  ended(): void {
    if (this.#number < 0) return;
    this.#record(EventKind.sessionClosed, this.#number);
    this.#number = -1;
  }

  /** No more reconnecting; waits inside the adapter end, too. */
  stop(): void {
    this.#stop.abort();
  }

  /** Closes in good order; an adapter that does not answer is left to the end of the thread. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    if (session !== undefined) await closeQuietly(session);
    this.ended();
    this.stop();
  }

  #actor(number: number): ActorContext {
    const { clock, random } = this.#context;
    return {
      name: `${this.#spec.name.slice(0, 48)}-${number}`,
      nowNs: () => clock.nowNs(),
      random: () => random.unit(),
      signal: this.#stop.signal,
    };
  }

  #record(kind: EventKind, number: number): void {
    this.#context.events.append({
      ...emptyEvent(),
      kind,
      actor: this.#spec.actor,
      group: this.#group,
      session: number,
      timeNs: this.#context.clock.nowNs(),
    });
  }

  #failed(what: string, cause: unknown): AckmarkError {
    const why = cause === undefined ? '' : `: ${describeError(cause)}`;
    return new AckmarkError('CONNECT_FAILED', `${this.#spec.name}: ${what}${why}`, {
      hint: `Check that ${this.#spec.target.address} answers and that the profile's options fit it.`,
    });
  }
}

const transient: ReadonlySet<ErrorCode> = new Set([
  'CONNECT_FAILED',
  // Of somebody who was let in before: a node that comes back may not know its users yet, or end a handshake.
  'ACCESS_REFUSED',
  'TLS_FAILED',
]);

function isTransient(error: unknown): boolean {
  return !(error instanceof AckmarkError) || transient.has(error.code);
}

async function closeQuietly(session: Session): Promise<void> {
  // A session that is gone may fail to close; what it leaves open ends with the thread.
  await endsWithin(
    Promise.resolve().then(() => session.close()),
    closeTimeoutMs,
  );
}
