import { EventKind, type EventRecord, Flag, TransactionEndCode } from '../../core/events.ts';
import type { Random } from '../../core/random.ts';
import type { Entry } from '../log/partition.ts';
import { between, happens, ms } from '../../core/chance.ts';
import {
  fail,
  ok,
  placeFields,
  type Place,
  plainMessage,
  unknown,
} from '../../simulate/world/message.ts';
import type { WorkerPlan } from './worker-plan.ts';
import { Peeker } from './peeker.ts';
import type { Ending, Fetched } from './tx-broker.ts';

const pollNs = 3 * ms;

/**
 * Consumes, transforms and produces: what it reads and what it writes of it are one transaction. When that
 * fails it goes back to the committed offset; when it is fenced off it ends.
 */
export class TxWorker {
  readonly who: Pick<EventRecord, 'actor' | 'group' | 'session'>;
  readonly #of: WorkerPlan;
  readonly #random: Random;
  readonly #lane: number;
  #seq = 0;
  #epoch = -1;
  #position = 0;
  /** Inputs of a transaction that was aborted, to be taken into the next. */
  #held: readonly Entry[] = [];
  readonly #peeker: Peeker | undefined;
  #wakesNs = 0;
  #isGone = false;
  #isBusy = false;

  constructor(of: WorkerPlan) {
    this.#of = of;
    const { world, group, route } = of;
    const actor = world.newActor();
    this.who = { actor, group, session: world.newSession() };
    this.#random = world.random(`worker ${actor}`);
    // Spread over several scopes its outputs have no order.
    this.#lane = world.newLanes(1, { ordered: of.to.length === 1, actor, route });
    const { network, broker, peer, peerGroup } = of;
    this.#peeker =
      peer < 0
        ? undefined
        : new Peeker(world, network, broker, { actor, group: peerGroup, scope: peer });
    this.#init();
  }

  get isIdle(): boolean {
    return this.#isGone || (!this.#isBusy && this.#peeker?.isAtEnd !== false);
  }

  crash(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#of.world.history.write(EventKind.crashed, { actor: this.who.actor });
  }

  /** It stands still; meanwhile another may take its place. */
  stall(forNs: number): void {
    this.#wakesNs = this.#of.world.agenda.nowNs + forNs;
  }

  #awake(act: () => void): void {
    const { agenda } = this.#of.world;
    if (this.#isGone) return;
    if (agenda.nowNs < this.#wakesNs) agenda.at(this.#wakesNs, () => this.#awake(act));
    else act();
  }

  #init(): void {
    const { world, network, broker, identity, from } = this.#of;
    network.call<{ epoch: number; committed: number }>(
      (answer) => answer({ epoch: broker.init(identity), committed: broker.committedOf(from) }),
      (reply) => {
        this.#awake(() => {
          if (reply.as !== 'answered') return this.#init();
          this.#epoch = reply.answer.epoch;
          this.#position = reply.answer.committed;
          const init = { actor: this.who.actor, scope: identity, seq: this.#epoch, outcome: ok };
          world.history.write(EventKind.transactionInit, init);
          world.history.write(EventKind.sessionOpened, this.who);
          const assigned = { ...this.who, scope: from, ref: this.#epoch + 1 };
          world.history.write(EventKind.assigned, assigned);
          this.#poll();
        });
      },
    );
  }

  #poll(): void {
    const { world, network, broker, identity, from, batch } = this.#of;
    const requestedNs = world.agenda.nowNs;
    const by = { identity, epoch: this.#epoch };
    network.call<Fetched | 'fenced'>(
      (answer) => {
        answer(broker.isFenced(by) ? 'fenced' : broker.fetch(from, this.#position, batch));
      },
      (reply) => {
        this.#awake(() => {
          if (reply.as === 'answered' && reply.answer === 'fenced') return this.#fenced();
          const fetched = reply.as === 'answered' ? reply.answer : 'fenced';
          const entries = fetched === 'fenced' ? [] : fetched.entries;
          if (entries.length === 0) this.#peeker?.read(() => {});
          if (entries.length === 0)
            return world.agenda.after(pollNs, () => this.#awake(() => this.#poll()));
          this.#deliver(entries, requestedNs);
          this.#begin([...this.#held, ...entries]);
          this.#held = [];
        });
      },
    );
  }

  #deliver(entries: readonly Entry[], auxNs: number): void {
    const { world, broker, from } = this.#of;
    for (const { offset, message } of entries) {
      const place = placeFields(broker.partitions[from]?.placeOf(offset));
      const flags = (place.flags ?? 0) | Flag.pulled;
      const { lane, seq } = message;
      world.history.write(EventKind.deliver, { ...this.who, ...place, flags, lane, seq, auxNs });
      this.#position = offset + 1;
    }
  }

  #begin(inputs: readonly Entry[]): void {
    const { world, identity, ids } = this.#of;
    this.#isBusy = true;
    const transaction = ids();
    const begun = { actor: this.who.actor, ref: transaction, scope: identity, seq: this.#epoch };
    world.history.write(EventKind.transactionBegin, begun);
    for (const { message } of inputs) {
      const { lane, seq } = message;
      const read = { ...this.who, ref: transaction, lane, seq };
      world.history.write(EventKind.transactionRead, read);
    }
    this.#transform(inputs, 0, transaction);
  }

  /** One output of each input, one after the other. */
  #transform(inputs: readonly Entry[], at: number, transaction: number): void {
    const { world, network, broker, identity, to } = this.#of;
    const input = inputs[at];
    if (input === undefined) return this.#peek(inputs, transaction);
    const { lane, seq } = { lane: this.#lane, seq: this.#seq };
    this.#seq += 1;
    const send = { actor: this.who.actor, lane, seq, ticket: world.history.ticket(), attempt: 1 };
    world.history.write(EventKind.sendInvoke, {
      ...send,
      auxNs: world.agenda.nowNs,
      ref: transaction,
      flags: Flag.derived,
      positionMajor: input.message.lane,
      positionMinor: input.message.seq,
    });
    const by = { identity, epoch: this.#epoch, transaction };
    const scope = to[at % to.length] ?? 0;
    network.call<Place | undefined>(
      (answer) => {
        const place = broker.write(by, scope, plainMessage(lane, seq, transaction));
        if (place !== 'silent') answer(place);
      },
      (reply) => {
        this.#awake(() => {
          const place = reply.as === 'answered' ? reply.answer : undefined;
          const isFenced = reply.as === 'answered' && place === undefined;
          const outcome = place !== undefined ? ok : isFenced ? fail : unknown;
          const settled = { ...send, outcome, ref: 1, ...placeFields(place) };
          world.history.write(EventKind.sendSettled, settled);
          if (isFenced) return this.#fenced();
          if (place === undefined) return this.#end(inputs, transaction, 'abort');
          const workNs = between(this.#random, 0.1, 2) * ms;
          world.agenda.after(workNs, () => {
            this.#awake(() => this.#transform(inputs, at + 1, transaction));
          });
        });
      },
    );
  }

  /** What it reads of another's outputs belongs to the transaction, too. */
  #peek(inputs: readonly Entry[], transaction: number): void {
    const { world, aborts } = this.#of;
    const how = happens(this.#random, aborts / 100) ? 'abort' : 'commit';
    const peeker = this.#peeker;
    if (peeker === undefined) return this.#end(inputs, transaction, how);
    peeker.read((entries) => {
      this.#awake(() => {
        for (const { message } of entries) {
          const { lane, seq } = message;
          const read = { ...peeker.who, ref: transaction, lane, seq };
          world.history.write(EventKind.transactionRead, read);
        }
        this.#end(inputs, transaction, how);
      });
    });
  }

  #end(inputs: readonly Entry[], transaction: number, how: 'commit' | 'abort'): void {
    const { world, identity, from } = this.#of;
    const last = inputs.at(-1);
    const offset = last === undefined ? this.#position : last.offset + 1;
    const place = { flags: Flag.placed, scope: from, positionMajor: offset };
    const commit = { ...this.who, ...place, ticket: world.history.ticket(), seq: transaction };
    if (how === 'commit') {
      const written = { ...commit, ref: this.#epoch + 1 };
      world.history.write(EventKind.offsetCommitInvoke, written);
      world.history.write(EventKind.offsetCommitSettled, { ...written, outcome: ok });
    }
    const detail = how === 'commit' ? TransactionEndCode.commit : TransactionEndCode.abort;
    const end = {
      actor: this.who.actor,
      ref: transaction,
      scope: identity,
      seq: this.#epoch,
      detail,
    };
    world.history.write(EventKind.transactionEndInvoke, end);
    const ending: Ending = how === 'commit' ? { how, scope: from, offset } : { how };
    this.#askEnd(ending, transaction, end, inputs);
  }

  /** Asked for until it is answered, because nobody knows otherwise. */
  #askEnd(
    ending: Ending,
    transaction: number,
    end: Partial<EventRecord>,
    inputs: readonly Entry[],
    isAgain = false,
  ): void {
    const { world, network, broker, identity } = this.#of;
    const by = { identity, epoch: this.#epoch, transaction };
    network.call<boolean>(
      (answer) => answer(broker.end(by, ending)),
      (reply) => {
        this.#awake(() => {
          if (reply.as !== 'answered') {
            return this.#askEnd(ending, transaction, end, inputs, true);
          }
          // Refused at a repetition it may have been done at first.
          const outcome = reply.answer ? ok : isAgain ? unknown : fail;
          world.history.write(EventKind.transactionEndSettled, { ...end, outcome });
          if (!reply.answer) return this.#fenced();
          if (ending.how === 'abort') this.#aborted(inputs);
          else if (world.defect.strikes('commit-forgotten')) this.#begin(inputs);
          else this.#committed();
        });
      },
    );
  }

  #committed(): void {
    const { world } = this.#of;
    this.#isBusy = false;
    if (world.defect.is('offsets-forgotten') && world.defect.hasStruck) {
      this.crash();
      return world.agenda.after(10 * ms, this.#of.onGone);
    }
    this.#poll();
  }

  /** Back to where the last committed transaction ended. */
  #aborted(inputs: readonly Entry[]): void {
    const { world, broker, from } = this.#of;
    const [first] = inputs;
    this.#isBusy = false;
    const hasMore = (broker.partitions[from]?.next ?? 0) > this.#position;
    if (world.defect.strikes('goes-on-after-abort', 4, hasMore)) {
      this.#held = inputs;
      return this.#poll();
    }
    this.#position = first?.offset ?? this.#position;
    const place = { flags: Flag.placed, scope: from, positionMajor: this.#position };
    world.history.write(EventKind.seeked, { ...this.who, ...place });
    this.#poll();
  }

  #fenced(): void {
    this.#isGone = true;
    const { world, from } = this.#of;
    world.history.write(EventKind.lost, { ...this.who, scope: from, ref: this.#epoch + 1 });
    world.history.write(EventKind.sessionClosed, this.who);
  }
}
