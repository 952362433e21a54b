import type { Consumer, Outcome, Settlement } from '../../engines/engine.ts';
import { emptyEvent, EventKind, Flag, OutcomeCode, SettlementCode } from '../core/events.ts';
import type { Clock } from '../core/clock.ts';
import type { EventSink } from '../history/sink.ts';
import type { ConsumerActorSpec } from './actor.ts';
import type { CopyBatch } from './copy-batch.ts';

export type SettleHow = Exclude<Settlement['how'], 'extend'>;
/** A fence is a round trip: never more than one at a time, nor one more often than this. */
const fenceEveryMs = 5;

/** A range of a batch that was settled in one call. */
interface Pending {
  readonly ticket: number;
  readonly batch: CopyBatch;
  readonly how: SettleHow;
  readonly from: number;
  readonly to: number;
  /** Outcome per copy; 0 while open. */
  readonly outcomes: Uint8Array;
  open: number;
}

export interface SettlementsPort {
  readonly spec: Pick<ConsumerActorSpec, 'actor' | 'subscription' | 'settleLimit' | 'ackReply'>;
  readonly clock: Clock;
  readonly events: EventSink;
  /** So many copies of the open session have been decided, so many of them well. */
  decided(copies: number, settled: number): void;
  /** The engine did what its contract forbids, or a call of it threw. */
  breach(how: string, cause?: unknown): void;
}

/**
 * Settles batches in calls of at most `settleLimit.messages` copies (a settlement carries no payload, so
 * the byte limit cannot bind) and records what became of each copy: by the engine's replies, by a fence,
 * or, where nothing proves a settlement, as unknown at once. One per session.
 */
export class Settlements {
  readonly #port: SettlementsPort;
  readonly #consumer: Consumer;
  readonly #pending = new Map<number, Pending>();
  readonly #waiting = new Set<() => void>();
  readonly #event = emptyEvent();
  #nextTicket: number;
  #undecided = 0;
  #unfenced: Pending[] = [];
  #fencing: Promise<void> | undefined;
  #fenceTimer: NodeJS.Timeout | undefined;

  constructor(port: SettlementsPort, consumer: Consumer, firstTicket: number) {
    this.#port = port;
    this.#consumer = consumer;
    this.#nextTicket = firstTicket;
  }

  /** Tickets go on across sessions, so that (actor, ticket) stays one operation. */
  get nextTicket(): number {
    return this.#nextTicket;
  }

  /** Copies settled and not decided. */
  get undecided(): number {
    return this.#undecided;
  }

  /**
   * @param how as the history has it
   * @param asked of the engine, where that is something else
   * @returns the settled ranges, whose outcomes fill in as they become known
   */
  settle(
    batch: CopyBatch,
    how: SettleHow = 'acknowledge',
    asked: SettleHow = how,
  ): readonly Pending[] {
    const limit = Math.max(1, this.#port.spec.settleLimit.messages);
    const ranges: Pending[] = [];
    for (let from = 0; from < batch.length; from += limit) {
      const to = Math.min(from + limit, batch.length);
      const ticket = this.#nextTicket;
      this.#nextTicket = (this.#nextTicket + 1) >>> 0;
      const outcomes = new Uint8Array(to - from);
      const pending: Pending = { ticket, batch, how, from, to, outcomes, open: to - from };
      ranges.push(pending);
      this.#invoke(pending, asked);
    }
    return ranges;
  }

  /** Resolves when every range is decided. */
  async decided(ranges: readonly Pending[]): Promise<void> {
    while (ranges.some((range) => range.open > 0)) await this.#change();
  }

  /** Resolves when at most so many copies are undecided. */
  async atMost(undecided: number): Promise<void> {
    while (this.#undecided > undecided) await this.#change();
  }

  /** The engine's reply. @param index within the ticket, -1 for all that are open */
  replied(ticket: number, index: number, outcome: Outcome, code: number): void {
    const pending = this.#pending.get(ticket);
    if (pending === undefined || this.#port.spec.ackReply !== 'each') {
      return this.#port.breach(`settled settlement ${ticket}, which is not open`);
    }
    const nowNs = this.#port.clock.nowNs();
    if (index === -1) this.#decideAll(pending, nowNs, outcome, code, 0);
    else if (pending.outcomes[index] === OutcomeCode.none) {
      this.#decide(pending, index, nowNs, outcome, code, 0);
      this.#report(1, outcome === 'ok' ? 1 : 0);
    } else this.#port.breach(`settled copy ${index} of settlement ${ticket} twice or never asked`);
    if (pending.open === 0) this.#pending.delete(ticket);
  }

  /** The session is gone: what is open stays unknown. */
  abandon(): void {
    clearTimeout(this.#fenceTimer);
    const nowNs = this.#port.clock.nowNs();
    const open = [...this.#pending.values(), ...this.#unfenced];
    this.#pending.clear();
    this.#unfenced = [];
    for (const pending of open) this.#decideAll(pending, nowNs, 'unknown', 0, 0);
  }

  #invoke(pending: Pending, asked: SettleHow): void {
    const nowNs = this.#port.clock.nowNs();
    const { batch, from, to, ticket } = pending;
    this.#undecided += to - from;
    for (let i = from; i < to; i += 1) {
      if (batch.known[i]) this.#append(EventKind.settleInvoke, pending, i, nowNs);
    }
    const { ackReply } = this.#port.spec;
    if (ackReply === 'each') this.#pending.set(ticket, pending);
    try {
      this.#consumer.settle(ticket, batch.deliveries.slice(from, to), { how: asked });
    } catch (error) {
      return this.#port.breach('settle threw', error);
    }
    if (ackReply === 'none') this.#decideAll(pending, nowNs, 'unknown', 0, 0);
    if (ackReply === 'fence') {
      this.#unfenced.push(pending);
      this.#scheduleFence();
    }
  }

  #scheduleFence(): void {
    if (this.#fencing !== undefined || this.#fenceTimer !== undefined) return;
    this.#fenceTimer = setTimeout(() => {
      this.#fenceTimer = undefined;
      this.#fencing = this.#fence().finally(() => {
        this.#fencing = undefined;
        if (this.#unfenced.length > 0) this.#scheduleFence();
      });
    }, fenceEveryMs);
  }

  async #fence(): Promise<void> {
    const covered = this.#unfenced.length;
    let outcome: Outcome = 'ok';
    try {
      if (this.#consumer.fence === undefined) throw new Error('the consumer has no fence');
      await this.#consumer.fence();
    } catch {
      // The settlements before it may or may not have been applied; a disconnection follows if it is one.
      outcome = 'unknown';
    }
    const nowNs = this.#port.clock.nowNs();
    // After `abandon` nothing is left to decide.
    const proved = this.#unfenced.splice(0, covered);
    for (const pending of proved) this.#decideAll(pending, nowNs, outcome, 0, Flag.fenced);
  }

  #decideAll(pending: Pending, nowNs: number, outcome: Outcome, code: number, flags: number): void {
    const open = pending.open;
    for (let index = 0; index < pending.outcomes.length; index += 1) {
      if (pending.outcomes[index] === OutcomeCode.none) {
        this.#decide(pending, index, nowNs, outcome, code, flags);
      }
    }
    // Where nothing proves a settlement, having handed it over is all that can be counted.
    const isCounted = outcome === 'ok' || this.#port.spec.ackReply === 'none';
    this.#report(open, isCounted ? open : 0);
  }

  #decide(
    pending: Pending,
    index: number,
    nowNs: number,
    outcome: Outcome,
    code: number,
    flags: number,
  ): void {
    pending.outcomes[index] = OutcomeCode[outcome];
    pending.open -= 1;
    const at = pending.from + index;
    if (!pending.batch.known[at]) return;
    this.#event.outcome = OutcomeCode[outcome];
    this.#event.code = code;
    this.#event.flags = outcome === 'ok' ? flags : 0;
    this.#append(EventKind.settleSettled, pending, at, nowNs);
    this.#event.outcome = OutcomeCode.none;
    this.#event.code = 0;
    this.#event.flags = 0;
  }

  #append(kind: EventKind, pending: Pending, at: number, nowNs: number): void {
    const event = this.#event;
    const { batch } = pending;
    event.kind = kind;
    event.actor = this.#port.spec.actor;
    event.group = this.#port.spec.subscription;
    event.detail = SettlementCode[pending.how];
    event.timeNs = nowNs;
    event.lane = batch.lanes[at] as number;
    event.seq = batch.seqs[at] as number;
    event.ticket = pending.ticket;
    event.session = batch.session;
    const copy = batch.deliveries[at];
    const place = copy?.place;
    event.attempt = copy?.attempt ?? 0;
    event.scope = place?.scope ?? 0;
    event.positionMajor = place?.position.major ?? 0;
    event.positionMinor = place?.position.minor ?? 0;
    const { flags } = event;
    if (place !== undefined) event.flags |= Flag.placed;
    this.#port.events.append(event);
    event.flags = flags;
  }

  #report(copies: number, settled: number): void {
    this.#undecided -= copies;
    this.#port.decided(copies, settled);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
    });
  }
}
