import type {
  Outcome,
  Outgoing,
  Place,
  Producer,
  ProducerSink,
  Session,
} from '../../engines/engine.ts';
import { AckmarkError } from '../core/errors.ts';
import { noGroup } from '../core/events.ts';
import type { ProducerActorSpec } from './actor.ts';
import type { InFlight } from './in-flight.ts';
import { endsWithin, engineBrokeContract, type RoleContext } from './role.ts';
import { SessionKeeper } from './session-keeper.ts';

const closeTimeoutMs = 10_000;

export interface ProducerLinkPort {
  settled(
    slot: number,
    outcome: Outcome,
    code: number,
    place: Place | undefined,
    attempts: number,
  ): void;
  returned(slot: number): void;
  throttled(sends: number): void;
  /** The client takes messages again, after backpressure or on a new session of this number. */
  free(session: number): void;
  failed(error: Error): void;
}

/** The adapter's producer of one session. */
interface Attached {
  producer: Producer | undefined;
  isOpen: boolean;
  isWritable: boolean;
}

/**
 * The producer of whatever session is open: connects again when one is lost, and holds the adapter to its
 * word that each ticket settles exactly once and before the session ends.
 */
export class ProducerLink {
  readonly #spec: ProducerActorSpec;
  readonly #inFlight: InFlight;
  readonly #port: ProducerLinkPort;
  readonly #keeper: SessionKeeper;
  #attached: Attached = { producer: undefined, isOpen: false, isWritable: false };
  /** What the adapter says from now on is no longer heard. */
  #isOver = false;

  constructor(
    spec: ProducerActorSpec,
    context: RoleContext,
    inFlight: InFlight,
    port: ProducerLinkPort,
  ) {
    this.#spec = spec;
    this.#inFlight = inFlight;
    this.#port = port;
    this.#keeper = new SessionKeeper(spec, context, noGroup, (session, number) =>
      this.#attach(session, number),
    );
  }

  get isReady(): boolean {
    return this.#attached.isOpen && this.#attached.isWritable;
  }

  async open(): Promise<void> {
    await this.#keeper.open();
  }

  send(messages: readonly Outgoing[]): void {
    try {
      this.#attached.producer?.send(messages);
    } catch (error) {
      this.#port.failed(engineBrokeContract(this.#spec.name, 'send threw', error));
    }
  }

  /** In good order, after the last outcome that counts. */
  async close(): Promise<void> {
    this.#isOver = true;
    const { producer, isOpen } = this.#attached;
    if (producer !== undefined && isOpen) {
      await endsWithin(
        Promise.resolve().then(() => producer.close()),
        closeTimeoutMs,
      );
    }
    await this.#keeper.close();
  }

  /** No more connections; what is open ends with the thread. */
  abandon(): void {
    this.#isOver = true;
    this.#keeper.stop();
  }

  async #attach(session: Session, number: number): Promise<void> {
    if (session.producer === undefined) {
      throw new AckmarkError('BAD_ENGINE', `${this.#spec.name}: the session has no producer`, {
        hint: 'A session of this engine must offer `producer`.',
      });
    }
    const attached: Attached = { producer: undefined, isOpen: true, isWritable: true };
    const spec = { deployed: this.#spec.deployed };
    attached.producer = await session.producer(spec, this.#sinkOf(attached, number));
    this.#attached = attached;
    this.#port.free(number);
  }

  #sinkOf(attached: Attached, number: number): ProducerSink {
    return {
      settled: (ticket, outcome, code, place, attempts) => {
        if (this.#isOver) return;
        const slot = attached.isOpen ? this.#inFlight.find(ticket) : -1;
        if (slot < 0) return this.#breach(`settled ticket ${ticket}, which is not open`);
        if (outcome === 'ok' && this.#spec.sendReply === 'none') {
          return this.#breach('answered ok although its traits say that sends get no reply');
        }
        this.#port.settled(slot, outcome, code, place, attempts);
      },
      returned: (ticket) => {
        if (this.#isOver) return;
        const slot = attached.isOpen ? this.#inFlight.find(ticket) : -1;
        if (slot < 0) this.#breach(`returned ticket ${ticket}, which is not open`);
        else this.#port.returned(slot);
      },
      throttled: (sends) => this.#port.throttled(sends),
      writable: (is) => {
        const isNews = is !== attached.isWritable;
        attached.isWritable = is;
        if (is && isNews && attached === this.#attached) this.#port.free(number);
      },
      disconnected: () => {
        if (!attached.isOpen || this.#isOver) return;
        attached.isOpen = false;
        const { outstanding } = this.#inFlight;
        if (outstanding > 0) this.#breach(`disconnected with ${outstanding} tickets unsettled`);
        else if (attached === this.#attached) void this.#reconnect();
      },
    };
  }

  /** A session that broke while it was being attached is found broken here. */
  async #reconnect(): Promise<void> {
    try {
      do await this.#keeper.reopen();
      while (!this.#attached.isOpen && !this.#keeper.isStopped);
    } catch (error) {
      this.#port.failed(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #breach(how: string): void {
    this.#port.failed(engineBrokeContract(this.#spec.name, how));
  }
}
