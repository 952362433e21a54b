import { randomFrom } from '../../../harness/core/random.ts';
import type {
  Administration,
  BindingSpec,
  DeliveryLimit,
  Deployed,
  Engine,
  Routing,
  Session,
  Start,
  SubscriptionSpec,
  Target,
  Topology,
  Traits,
} from '../../engine.ts';
import { validated } from '../validated.ts';
import { must, within } from './expecting.ts';
import { Receiver } from './receiver.ts';
import { Sender } from './sender.ts';
import { type ContractSubject, profileOf } from './subject.ts';

export interface CellShape {
  readonly destinations: number;
  /** Ordering scopes of each destination; engines without `partitions` get one. */
  readonly scopes: number;
  /** Destination of each subscription. */
  readonly subscriptions: readonly number[];
  /** Of subscription 0. */
  readonly deliveryLimit?: DeliveryLimit;
  /** Of destination 0. */
  readonly routing?: Routing;
  readonly bindings?: readonly BindingSpec[];
}

export const oneOfEach: CellShape = { destinations: 1, scopes: 1, subscriptions: [0] };

/** A cell of the suite: its own destinations, and everything opened in it is closed at the end. */
export interface Cell {
  readonly subject: ContractSubject;
  readonly engine: Engine;
  readonly traits: Traits;
  readonly automatic: boolean;
  readonly administration: Administration;
  readonly deployed: Deployed;
  sender(transactionalId?: string): Promise<Sender>;
  receiver(subscription?: number, start?: Start): Promise<Receiver>;
  /** A producer and a consumer on one session, as transactions need. */
  pair(transactionalId: string): Promise<{ sender: Sender; receiver: Receiver; close: Close }>;
  close(member: Sender | Receiver): Promise<void>;
}

type Close = () => Promise<void>;

const numbers = new WeakMap<ContractSubject, number>();

/** Unique within the subject's prefix. */
export function freshName(subject: ContractSubject): string {
  const number = (numbers.get(subject) ?? 0) + 1;
  numbers.set(subject, number);
  return `${subject.prefix}-${number}`;
}

export function topologyOf(shape: CellShape, name: string, traits: Traits): Topology {
  const scopes = traits.capabilities.has('partitions') ? shape.scopes : 1;
  return {
    destinations: Array.from({ length: shape.destinations }, (_, index) => ({
      name: `${name}-d${index}`,
      scopes,
      ...(index === 0 && shape.routing !== undefined ? { routing: shape.routing } : {}),
    })),
    ...(shape.bindings === undefined ? {} : { bindings: shape.bindings }),
    subscriptions: shape.subscriptions.map(
      (destination, index): SubscriptionSpec => ({
        name: `${name}-s${index}`,
        destination,
        ...(index === 0 && shape.deliveryLimit !== undefined
          ? { deliveryLimit: shape.deliveryLimit }
          : {}),
      }),
    ),
  };
}

/** Runs `body` in a cell of its own, takes everything down, then throws the first violation if any. */
export async function withCell(
  subject: ContractSubject,
  shape: CellShape,
  body: (cell: Cell) => Promise<void>,
): Promise<void> {
  const violations: Error[] = [];
  const engine = validated(subject.engine, (violation) => violations.push(violation));
  const profile = profileOf(subject);
  const options = engine.options.parse(profile.options);
  const traits = engine.traits(options);
  const administration = await engine.administer(subject.target, options);
  const failures: unknown[] = [];
  try {
    const name = freshName(subject);
    const deployed = await administration.apply(topologyOf(shape, name, traits));
    const members = new Members(subject, engine, options, traits, deployed, name);
    const automatic = profile.consumption === 'automatic';
    if (traits.unheard === 'lost') await members.listen();
    await body({
      subject,
      engine,
      traits,
      automatic,
      administration,
      deployed,
      ...members.ways(),
    }).catch((error: unknown) => failures.push(error));
    await members.closeAll().catch((error: unknown) => failures.push(error));
    await administration.remove(deployed).catch((error: unknown) => failures.push(error));
  } finally {
    await administration.close();
  }
  const [first] = [...violations, ...failures];
  if (first !== undefined) throw first;
}

class Members {
  readonly #subject: ContractSubject;
  readonly #engine: Engine;
  readonly #options: unknown;
  readonly #traits: Traits;
  readonly #deployed: Deployed;
  readonly #name: string;
  readonly #closers = new Map<Sender | Receiver, Close>();
  /** Receivers that were there before the first message, by subscription, until somebody asks for one. */
  readonly #listening = new Map<number, Receiver>();
  #count = 0;

  constructor(
    subject: ContractSubject,
    engine: Engine,
    options: unknown,
    traits: Traits,
    deployed: Deployed,
    name: string,
  ) {
    this.#subject = subject;
    this.#engine = engine;
    this.#options = options;
    this.#traits = traits;
    this.#deployed = deployed;
    this.#name = name;
  }

  ways(): Pick<Cell, 'sender' | 'receiver' | 'pair' | 'close'> {
    return {
      sender: async (transactionalId) => {
        const { session, close } = await this.#session();
        const sender = await this.#senderOn(session, transactionalId);
        this.#closers.set(sender, async () => {
          await sender.producer?.close();
          await close();
        });
        return sender;
      },
      receiver: async (subscription = 0, start = { at: 'earliest' }) => {
        const listening = this.#listening.get(subscription);
        if (listening === undefined || start.at !== 'earliest') {
          return this.#receiver(subscription, start);
        }
        this.#listening.delete(subscription);
        return listening;
      },
      pair: async (transactionalId) => {
        const { session, close } = await this.#session();
        const sender = await this.#senderOn(session, transactionalId);
        const receiver = await this.#receiverOn(session, 0, { at: 'earliest' });
        const closeBoth = async (): Promise<void> => {
          this.#closers.delete(sender);
          await receiver.consumer?.close();
          await sender.producer?.close();
          await close();
        };
        this.#closers.set(sender, closeBoth);
        return { sender, receiver, close: closeBoth };
      },
      close: (member) => this.#close(member),
    };
  }

  /** A receiver without permits for each subscription: for systems that keep nothing for those who come later. */
  async listen(): Promise<void> {
    for (const subscription of this.#deployed.topology.subscriptions.keys()) {
      this.#listening.set(subscription, await this.#receiver(subscription, { at: 'earliest' }));
    }
  }

  async #receiver(subscription: number, start: Start): Promise<Receiver> {
    const { session, close } = await this.#session();
    const receiver = await this.#receiverOn(session, subscription, start).catch(
      async (error: unknown) => {
        await close();
        throw error;
      },
    );
    this.#closers.set(receiver, async () => {
      await receiver.consumer?.close();
      await close();
    });
    return receiver;
  }

  async closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const member of [...this.#closers.keys()].toReversed()) {
      await this.#close(member).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  async #close(member: Sender | Receiver): Promise<void> {
    const close = this.#closers.get(member);
    this.#closers.delete(member);
    if (close !== undefined) await within('close', this.#subject.patienceMs, close());
  }

  async #session(): Promise<{ session: Session; close: Close }> {
    const number = this.#count;
    this.#count += 1;
    const stop = new AbortController();
    const random = randomFrom(number);
    const session = await connectPlainly(this.#engine, this.#subject.target, this.#options, {
      name: `${this.#name}-a${number}`,
      nowNs: () => Math.round(performance.now() * 1e6),
      random: () => random.unit(),
      signal: stop.signal,
    });
    return {
      session,
      close: async () => {
        await session.close();
        stop.abort();
        await session.close();
      },
    };
  }

  async #senderOn(session: Session, transactionalId: string | undefined): Promise<Sender> {
    must(session.producer !== undefined, 'the session has no producer()');
    const sender = new Sender(this.#subject.patienceMs);
    const spec = {
      deployed: structuredClone(this.#deployed),
      ...(transactionalId === undefined ? {} : { transactionalId }),
    };
    sender.producer = await within(
      'producer()',
      this.#subject.patienceMs,
      session.producer(spec, sender),
    );
    return sender;
  }

  async #receiverOn(session: Session, subscription: number, start: Start): Promise<Receiver> {
    must(session.consumer !== undefined, 'the session has no consumer()');
    const receiver = new Receiver(this.#traits, this.#subject.patienceMs);
    const spec = { deployed: structuredClone(this.#deployed), subscription, start };
    receiver.consumer = await within(
      'consumer()',
      this.#subject.patienceMs,
      session.consumer(spec, receiver),
    );
    return receiver;
  }
}

function connectPlainly(
  engine: Engine,
  target: Target,
  options: unknown,
  actor: Parameters<Engine['connect']>[2],
): Promise<Session> {
  return engine.connect(structuredClone(target), options, actor);
}
