import { EventKind, type EventRecord, Flag, OutcomeCode } from '../../../harness/core/events.ts';
import type { Random } from '../../../harness/core/random.ts';
import type { Answer } from '../../embedded/answer.ts';
import { type ProducerIdentity, readIdentity } from '../../embedded/log/entries.ts';
import { type ByteReader, ByteWriter } from '../../embedded/protocol/bytes.ts';
import {
  readAssignment,
  readRevocation,
  writeJoinGroup,
} from '../../embedded/protocol/group-messages.ts';
import {
  readFetched,
  writeFetch,
  writeInitTransactions,
} from '../../embedded/protocol/log-messages.ts';
import { Api } from '../../embedded/protocol/protocol.ts';
import { SimulatedClient } from '../../embedded/simulation/client.ts';
import { decodeMessage } from '../../embedded/simulation/message.ts';
import type { SimulatedBroker } from '../../embedded/simulation/serving.ts';
import type { SimulatedWorld } from '../../simulation.ts';
import type { Entry } from './member-events.ts';
import { advance, TransactionInPlay } from './transaction-in-play.ts';
import type { TransformerPlan } from './transformer-plan.ts';

const group = 0;
const sessionTimeoutMs = 60;
const heartbeatMs = 20;
const longPollMs = 20;
const longPollTimeoutMs = 200;
const retryAfterNs = 20e6;
const isolation = 'read-committed';

/**
 * Reads, transforms and writes in transactions, on one connection. Whatever is not certain makes it take its
 * transactional id over anew and begin where its group has come.
 */
export class SimulatedTransformer {
  readonly actor: number;
  readonly plan: TransformerPlan;
  readonly #world: SimulatedWorld;
  readonly #client: SimulatedClient;
  readonly #random: Random;
  readonly #lane: number;
  readonly #positions = new Map<number, number>();
  #identity: ProducerIdentity | undefined;
  #session = 0;
  #generation = 0;
  #seq = 0;
  /** Grows whenever everything begins anew: what was asked before is nobody's business any more. */
  #life = 0;
  #transaction: TransactionInPlay | undefined;
  #owesRejoin = false;
  #isFetching = false;
  /** Another has its place: when it notices, it ends, or the two would fence each other for ever. */
  #isSuperseded = false;
  #isOver = false;

  constructor(world: SimulatedWorld, broker: SimulatedBroker, plan: TransformerPlan) {
    this.#world = world;
    this.plan = plan;
    this.actor = world.newActor();
    this.#random = world.random(`transformer ${this.actor}`);
    this.#lane = world.newLanes(1, { ordered: false, actor: this.actor, route: plan.route });
    this.#client = new SimulatedClient(world, broker, plan.trouble, {
      up: () => this.#begin(),
      down: () => this.#down(),
      pushed: (api, body) => this.#pushed(api, body),
    });
    this.#heartbeat();
  }

  get isIdle(): boolean {
    return this.#isOver || (this.#identity !== undefined && this.#transaction === undefined);
  }

  get isBusy(): boolean {
    return !this.#isOver && this.#transaction !== undefined;
  }

  /** Its offsets are on their way into the transaction, which it will commit then. */
  get isIncluding(): boolean {
    return !this.#isOver && this.#transaction?.isIncluding === true;
  }

  /** @returns whether there was anybody to stand still */
  stall(forNs: number): boolean {
    if (this.#isOver) return false;
    this.#client.stall(forNs);
    return true;
  }

  supersede(): void {
    this.#isSuperseded = true;
  }

  /** @returns whether there was anybody to die */
  crash(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#client.close();
    this.#world.history.write(EventKind.crashed, { actor: this.actor });
    return true;
  }

  get #who(): Pick<EventRecord, 'actor' | 'group' | 'session'> {
    return { actor: this.actor, group, session: this.#session };
  }

  #heartbeat(): void {
    this.#client.after(heartbeatMs, () => {
      this.#client.whenAwake(() => {
        this.#client.tell(Api.heartbeat, Buffer.alloc(0));
        this.#heartbeat();
      });
    });
  }

  /** Asks, and hears the answer only if nothing began anew meanwhile. */
  #ask(api: number, body: ByteWriter, then: (answer: Answer) => void, timeoutMs?: number): void {
    const life = this.#life;
    const heard = (answer: Answer): void => {
      if (!this.#isOver && this.#life === life) then(answer);
    };
    this.#client.request(api, body.finish(), heard, timeoutMs);
  }

  #begin(): void {
    if (this.#isSuperseded) {
      this.#isOver = true;
      return this.#client.close();
    }
    this.#life += 1;
    this.#session = this.#world.newSession();
    this.#world.history.write(EventKind.sessionOpened, this.#who);
    this.#takeOver();
  }

  #takeOver(): void {
    const request = { transactionalId: `job ${this.plan.slot}`, timeoutMs: this.plan.timeoutMs };
    this.#ask(Api.initTransactions, writeInitTransactions(new ByteWriter(), request), (answer) => {
      if (answer.kind === 'lost') return;
      if (answer.kind === 'refused') return this.#later(() => this.#takeOver());
      this.#identity = readIdentity(answer.body);
      const { history } = this.#world;
      const init = { actor: this.actor, scope: this.plan.slot, seq: this.#session };
      history.write(EventKind.transactionInit, { ...init, outcome: OutcomeCode.ok });
      this.#join();
    });
  }

  #later(act: () => void): void {
    const life = this.#life;
    this.#world.agenda.after(retryAfterNs, () => {
      if (!this.#isOver && this.#life === life && this.#client.isConnected) act();
    });
  }

  #join(): void {
    const { from: topic } = this.plan;
    const common = { group: 'jobs', topic, protocol: 'eager', sessionTimeoutMs } as const;
    const request = writeJoinGroup(new ByteWriter(), { ...common, instance: undefined, isolation });
    this.#ask(Api.joinGroup, request, () => {});
  }

  #down(): void {
    this.#loseAll();
    this.#world.history.write(EventKind.sessionClosed, this.#who);
  }

  /** Something is not certain: on the same connection, but as another incarnation of its id. */
  #beginAnew(): void {
    this.#ask(Api.leaveGroup, new ByteWriter(0), () => {});
    this.#down();
    this.#begin();
  }

  #loseAll(): void {
    this.#give(EventKind.lost);
    this.#life += 1;
    this.#identity = undefined;
    this.#transaction?.drop();
    this.#transaction = undefined;
    this.#owesRejoin = false;
    this.#isFetching = false;
  }

  #give(kind: EventKind): void {
    for (const scope of this.#positions.keys()) {
      this.#world.history.write(kind, { ...this.#who, scope, ref: this.#generation });
    }
    this.#positions.clear();
  }

  #pushed(api: number, body: ByteReader): void {
    if (this.#isOver || this.#identity === undefined) return;
    if (api === Api.groupAssign) this.#assigned(body);
    else if (api === Api.groupRevoke) {
      readRevocation(body);
      this.#owesRejoin = true;
      this.#rejoinWhenDone();
    } else if (api === Api.groupRemoved) this.#beginAnew();
  }

  #assigned(body: ByteReader): void {
    const { generation, partitions } = readAssignment(body);
    this.#generation = generation;
    for (const { partition, committed = 0 } of partitions) {
      this.#positions.set(partition, committed);
      // A commit whose answer was lost may have been done.
      advance(this.plan.committed, new Map([[partition, committed]]));
      const assigned = { ...this.#who, scope: partition, ref: generation };
      this.#world.history.write(EventKind.assigned, assigned);
    }
    this.#fetch();
  }

  #rejoinWhenDone(): void {
    if (!this.#owesRejoin || this.#transaction !== undefined) return;
    this.#owesRejoin = false;
    this.#isFetching = false;
    this.#give(EventKind.revoked);
    this.#ask(Api.rejoinGroup, new ByteWriter(0), () => {});
  }

  #fetch(): void {
    if (this.#isFetching || this.#transaction !== undefined || this.#positions.size === 0) return;
    this.#isFetching = true;
    const auxNs = this.#world.agenda.nowNs;
    const generation = this.#generation;
    const positions = [...this.#positions].map(([partition, offset]) => ({ partition, offset }));
    const limits = { maxMessages: this.plan.fetch, maxBytes: 1 << 20, maxWaitMs: longPollMs };
    const request = { topic: this.plan.from, positions, ...limits, isolation } as const;
    const then = (answer: Answer): void => {
      if (!this.#isFetching || generation !== this.#generation || answer.kind === 'lost') return;
      this.#isFetching = false;
      const entries = answer.kind === 'ok' ? this.#deliver(answer.body, auxNs) : [];
      if (entries.length > 0 && this.#identity !== undefined) {
        this.#transform(this.#identity, entries);
      } else this.#world.agenda.after(1e5, () => this.#fetch());
    };
    this.#ask(Api.fetch, writeFetch(new ByteWriter(), request), then, longPollTimeoutMs);
  }

  #deliver(body: ByteReader, auxNs: number): Entry[] {
    const entries: Entry[] = [];
    for (const { partition, baseOffset, batch } of readFetched(body)) {
      for (let index = 0; index < batch.count; index += 1) {
        const offset = baseOffset + index;
        const message = decodeMessage(batch.body(index));
        if (offset < (this.#positions.get(partition) ?? Infinity) || message === undefined)
          continue;
        this.#positions.set(partition, offset + 1);
        const place = { scope: partition, positionMajor: offset };
        const flags = Flag.placed | Flag.pulled;
        const of = { ...this.#who, ...message, ...place, flags, auxNs };
        this.#world.history.write(EventKind.deliver, of);
        entries.push({ ...message, partition, offset });
      }
    }
    return entries;
  }

  #transform(identity: ProducerIdentity, inputs: readonly Entry[]): void {
    const of = {
      world: this.#world,
      client: this.#client,
      plan: this.plan,
      random: this.#random,
      who: this.#who,
      identity,
      generation: this.#generation,
      lane: this.#lane,
      nextSeq: () => {
        this.#seq += 1;
        return this.#seq - 1;
      },
      isGone: () => this.#isOver,
      ended: (next: ProducerIdentity | undefined) => this.#ended(next),
    };
    const transaction = new TransactionInPlay(of, inputs);
    this.#transaction = transaction;
    const [low, high] = this.plan.workMs;
    this.#world.agenda.after((low + this.#random.unit() * (high - low)) * 1e6, () => {
      this.#client.whenAwake(() => {
        if (this.#transaction === transaction && !this.#isOver) transaction.send();
      });
    });
  }

  #ended(next: ProducerIdentity | undefined): void {
    if (next === undefined) return this.#beginAnew();
    this.#identity = next;
    this.#transaction = undefined;
    this.#rejoinWhenDone();
    this.#fetch();
  }
}
