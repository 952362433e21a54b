import type { ConsumerSink, Delivery, Session } from '../../engines/engine.ts';
import { AckmarkError } from '../core/errors.ts';
import { EventKind } from '../core/events.ts';
import type { ActorReport, TransformerActorSpec } from './actor.ts';
import { ConsumerWork } from './consumer-work.ts';
import { CopyBatch } from './copy-batch.ts';
import { CopyJournal } from './copy-journal.ts';
import { type CopyReader, isRequestedLater, readerFor } from './copy-reader.ts';
import { CounterSlot } from './counters.ts';
import { OutputSender } from './output-sender.ts';
import { OutsideEffects } from './outside-effects.ts';
import {
  endsWithin,
  engineBrokeContract,
  type Role,
  type RoleContext,
  watermarkEveryMs,
} from './role.ts';
import { SessionKeeper } from './session-keeper.ts';
import { Settlements } from './settlements.ts';
import { TransactionJournal } from './transaction-journal.ts';
import { TransformAndSettle } from './transform-and-settle.ts';
import { TransformInTransaction } from './transform-in-transaction.ts';
import type { Transforming, TransformLink } from './transforming.ts';

const finishTimeoutMs = 30_000;
const revokeTimeoutMs = 10_000;
const fenceTimeoutMs = 5_000;
const closeTimeoutMs = 10_000;

/**
 * Reads, transforms and writes: producer and consumer on one session, batch after batch. When anything of a
 * batch is not certain, it does what such jobs do: it drops the session and begins anew where the broker
 * says that its group has come.
 */
export class TransformerRole implements Role {
  readonly ended: Promise<ActorReport>;
  readonly #spec: TransformerActorSpec;
  readonly #context: RoleContext;
  readonly #keeper: SessionKeeper;
  readonly #reader: CopyReader;
  readonly #journal: CopyJournal;
  readonly #outputs: OutputSender;
  readonly #transactions: TransactionJournal | undefined;
  readonly #transforming: Transforming;
  readonly #effects: OutsideEffects | undefined;
  readonly #watermark: NodeJS.Timeout;
  readonly #restWaiting = new Set<() => void>();
  #queue: CopyBatch[] = [];
  #link: TransformLink | undefined;
  #resolve!: (report: ActorReport) => void;
  #reject!: (error: Error) => void;
  #settleTicket = 0;
  #isWorking = false;
  #isStarted = false;
  #isFinishing = false;
  #isOver = false;
  #startCpuMicros = 0;

  constructor(spec: TransformerActorSpec, context: RoleContext) {
    this.#spec = spec;
    this.#context = context;
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { events, clock, counters } = context;
    this.#reader = readerFor(spec);
    this.#journal = new CopyJournal(spec, events, clock);
    this.#outputs = new OutputSender(spec, context, (how, cause) => this.#breach(how, cause));
    const work = new ConsumerWork(spec, clock);
    const effects = spec.effects && new OutsideEffects(spec.effects, this.#journal);
    this.#effects = effects;
    const tools = { spec, journal: this.#journal, outputs: this.#outputs, work, effects, counters };
    const { transform } = spec;
    if (transform.by === 'transaction') {
      this.#transactions = new TransactionJournal(spec, events, clock);
      this.#transforming = new TransformInTransaction(tools, transform, this.#transactions);
    } else this.#transforming = new TransformAndSettle(tools);
    this.#keeper = new SessionKeeper(spec, context, spec.subscription, (session, number) =>
      this.#attach(session, number),
    );
    this.#watermark = setInterval(() => events.advance(clock.nowNs()), watermarkEveryMs);
  }

  async open(): Promise<void> {
    await this.#keeper.open();
    // Lost while it was being made ready.
    if (this.#link?.isOpen === false) void this.#reconnect();
  }

  start(_atNs: number): void {
    this.#isStarted = true;
    this.#startCpuMicros = this.#context.cpuMicros();
    this.#request(this.#spec.prefetch);
  }

  async fence(): Promise<boolean> {
    const link = this.#link;
    if (link === undefined || !link.isOpen || this.#isFinishing) return false;
    if (link.consumer.fence === undefined) return true;
    return endsWithin(link.consumer.fence(), fenceTimeoutMs);
  }

  finish(): void {
    if (this.#isFinishing) return;
    this.#isFinishing = true;
    void this.#end();
  }

  async #attach(session: Session, number: number): Promise<void> {
    if (session.producer === undefined || session.consumer === undefined) {
      throw new AckmarkError('BAD_ENGINE', `${this.#spec.name}: a session lacks a half`, {
        hint: 'A session of this engine must offer `producer` and `consumer`.',
      });
    }
    const { deployed, subscription, transform } = this.#spec;
    const state = { isOpen: true };
    const lost = (): void => this.#lost(number, state);
    const producer = await session.producer(
      {
        deployed,
        ...(transform.by === 'transaction' ? { transactionalId: transform.transactionalId } : {}),
      },
      this.#outputs.sinkFor(() => state.isOpen && !this.#isOver, lost),
    );
    const begun = transform.by === 'transaction' ? await producer.begin?.() : undefined;
    this.#transactions?.owned(number);
    const start = { at: 'earliest' } as const;
    const sink = this.#sinkOf(number, state, lost);
    const consumer = await session.consumer({ deployed, subscription, start }, sink);
    const settlements = new Settlements(this.#settlementsPort(), consumer, this.#settleTicket);
    this.#outputs.use(producer, number);
    this.#link = Object.assign(state, { session: number, producer, consumer, settlements, begun });
    if (this.#isStarted) this.#request(this.#spec.prefetch);
  }

  #settlementsPort(): ConstructorParameters<typeof Settlements>[0] {
    const { counters, clock, events } = this.#context;
    return {
      spec: this.#spec,
      clock,
      events,
      decided: (copies, settled) => {
        if (this.#spec.consumption === 'settle-after-processing') {
          (counters[CounterSlot.unsettledDeliveries] as number) -= copies;
        }
        (counters[CounterSlot.settled] as number) += settled;
      },
      breach: (how, cause) => this.#breach(how, cause),
    };
  }

  #sinkOf(session: number, state: { isOpen: boolean }, lost: () => void): ConsumerSink {
    const journal = this.#journal;
    return {
      deliver: (batch) => {
        if (state.isOpen && !this.#isOver) this.#deliver(session, batch);
      },
      settled: (ticket, index, outcome, code) => {
        if (this.#isOver || !state.isOpen || this.#link?.session !== session) return;
        this.#link.settlements.replied(ticket, index, outcome, code);
      },
      assigned: (scopes, generation) => {
        if (!this.#isOver) journal.scopes(EventKind.assigned, session, scopes, generation);
      },
      revoking: async (scopes) => {
        await endsWithin(this.#rest(), revokeTimeoutMs);
        if (!this.#isOver) journal.scopes(EventKind.revoked, session, scopes, 0);
      },
      lost: (scopes) => {
        if (!this.#isOver) journal.scopes(EventKind.lost, session, scopes, 0);
      },
      scopeEnded: () => undefined,
      disconnected: lost,
    };
  }

  /** The session is gone, or shall be: what it had in hand comes again to the next. */
  #lost(session: number, state: { isOpen: boolean }): void {
    if (!state.isOpen || this.#isOver) return;
    state.isOpen = false;
    if (this.#link?.session !== session) return;
    const { settlements } = this.#link;
    settlements.abandon();
    this.#settleTicket = settlements.nextTicket;
    this.#outputs.leave();
    this.#queue = [];
    const { counters } = this.#context;
    counters[CounterSlot.unsettledDeliveries] = 0;
    counters[CounterSlot.halfTransformed] = 0;
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    try {
      do await this.#keeper.reopen();
      while (this.#link?.isOpen !== true && !this.#keeper.isStopped);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #request(permits: number): void {
    const link = this.#link;
    if (link === undefined || !link.isOpen || this.#isFinishing || this.#isOver) return;
    try {
      link.consumer.request(permits);
    } catch (error) {
      this.#breach('request threw', error);
    }
  }

  #deliver(session: number, copies: readonly Delivery[]): void {
    const { clock, counters } = this.#context;
    const nowNs = clock.nowNs();
    (counters[CounterSlot.delivered] as number) += copies.length;
    (counters[CounterSlot.unsettledDeliveries] as number) += copies.length;
    const last = this.#queue.at(-1);
    const batch = last?.session === session ? last : new CopyBatch(session);
    if (batch !== last) this.#queue.push(batch);
    for (const copy of copies) {
      const verdict = this.#reader.read(copy.body, copy.key);
      const { header } = this.#reader;
      if (isRequestedLater(copy, nowNs)) this.#breach('said that a copy was requested later');
      batch.add(copy, header.lane, header.seq, verdict !== 'unknown');
      batch.due(header);
      this.#journal.delivered(session, copy, verdict, this.#reader, nowNs);
      const leasedUntilNs = copy.leaseMs === undefined ? 0 : nowNs + copy.leaseMs * 1e6;
      counters[CounterSlot.leasedUntilNs] = Math.max(
        counters[CounterSlot.leasedUntilNs] ?? 0,
        leasedUntilNs,
      );
    }
    if (this.#isWorking) return;
    this.#isWorking = true;
    queueMicrotask(() => void this.#work());
  }

  async #work(): Promise<void> {
    try {
      for (let batch = this.#queue.shift(); batch !== undefined; batch = this.#queue.shift()) {
        const link = this.#link;
        if (link === undefined || !link.isOpen || link.session !== batch.session) continue;
        if (await this.#transforming.transform(link, batch)) this.#request(batch.length);
        else this.#lost(link.session, link);
      }
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
    this.#isWorking = false;
    for (const wake of this.#restWaiting) wake();
    this.#restWaiting.clear();
  }

  async #rest(): Promise<void> {
    while (this.#isWorking) {
      await new Promise<void>((resolve) => {
        this.#restWaiting.add(resolve);
      });
    }
  }

  async #end(): Promise<void> {
    await endsWithin(this.#rest(), finishTimeoutMs);
    if (this.#isOver) return;
    this.#isOver = true;
    const link = this.#link;
    if (link?.isOpen === true) {
      const closing = [link.consumer, link.producer].map(async (half) => half.close());
      await endsWithin(Promise.all(closing), closeTimeoutMs);
    }
    link?.settlements.abandon();
    await this.#keeper.close();
    this.#effects?.close();
    clearInterval(this.#watermark);
    const cpuMicros = this.#context.cpuMicros() - this.#startCpuMicros;
    this.#resolve({ role: 'transformer', cpuMicros });
  }

  #breach(how: string, cause?: unknown): void {
    this.#fail(engineBrokeContract(this.#spec.name, how, cause));
  }

  #fail(error: Error): void {
    this.#isOver = true;
    this.#keeper.stop();
    clearInterval(this.#watermark);
    this.#reject(error);
  }
}
