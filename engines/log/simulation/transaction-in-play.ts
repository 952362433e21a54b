import {
  EventKind,
  type EventRecord,
  Flag,
  OutcomeCode,
  TransactionEndCode,
} from '../../../harness/core/events.ts';
import type { Random } from '../../../harness/core/random.ts';
import type { Answer } from '../../embedded/answer.ts';
import {
  type ProducerIdentity,
  readIdentity,
  type TransactionEnd,
} from '../../embedded/log/entries.ts';
import { encodeBatch } from '../../embedded/protocol/batch.ts';
import { ByteWriter } from '../../embedded/protocol/bytes.ts';
import {
  writeEndTransaction,
  writeIncludeOffsets,
  writeProduceHead,
} from '../../embedded/protocol/log-messages.ts';
import { Api, Status } from '../../embedded/protocol/protocol.ts';
import type { SimulatedClient } from '../../embedded/simulation/client.ts';
import { encodeMessage } from '../../embedded/simulation/message.ts';
import type { SimulatedWorld } from '../../simulation.ts';
import type { Entry } from './member-events.ts';
import type { TransformerPlan } from './transformer-plan.ts';

/** Whose transaction it is. */
export interface TransactionOwner {
  readonly world: SimulatedWorld;
  readonly client: SimulatedClient;
  readonly plan: TransformerPlan;
  readonly random: Random;
  readonly who: Pick<EventRecord, 'actor' | 'group' | 'session'>;
  readonly identity: ProducerIdentity;
  readonly generation: number;
  readonly lane: number;
  readonly nextSeq: () => number;
  /** Nothing of it is heard any more. */
  readonly isGone: () => boolean;
  /** It is committed, and this is the producer from now on; or undefined, and everything begins anew. */
  readonly ended: (next: ProducerIdentity | undefined) => void;
}

/**
 * One transaction: an output of each input, the offsets of the inputs, and its end. Answers are written down
 * also when its owner has dropped it.
 */
export class TransactionInPlay {
  readonly #of: TransactionOwner;
  readonly #inputs: readonly Entry[];
  readonly #number: number;
  #isDropped = false;
  #isIncluding = false;

  constructor(of: TransactionOwner, inputs: readonly Entry[]) {
    this.#of = of;
    this.#inputs = inputs;
    this.#number = of.plan.newTransaction();
    const { history } = of.world;
    const { actor, session } = of.who;
    // The session stands for the epoch: both only grow.
    const begun = { actor, ref: this.#number, scope: of.plan.slot, seq: session };
    history.write(EventKind.transactionBegin, begun);
    for (const { lane, seq } of inputs) {
      history.write(EventKind.transactionRead, { ...of.who, ref: this.#number, lane, seq });
    }
  }

  /** Its offsets are on their way into it, and it will be committed then. */
  get isIncluding(): boolean {
    return this.#isIncluding && !this.#isDropped;
  }

  drop(): void {
    this.#isDropped = true;
  }

  /** Sends the outputs, and goes on when all are answered. */
  send(): void {
    const { random, plan } = this.#of;
    const byPartition = Map.groupBy(this.#inputs, () => random.below(plan.partitions));
    let left = byPartition.size;
    let isWell = true;
    for (const [partition, inputs] of byPartition) {
      this.#produce(partition, inputs, (isStored) => {
        isWell &&= isStored;
        left -= 1;
        if (left > 0 || this.#isDropped) return;
        if (!isWell || random.below(100) < plan.aborts) this.#end('abort');
        else this.#include();
      });
    }
  }

  #produce(partition: number, inputs: readonly Entry[], done: (isStored: boolean) => void): void {
    const { world, plan, identity } = this.#of;
    const sends = inputs.map((input) => this.#invoked(input));
    const messages = sends.map((send) => {
      return { key: undefined, headers: undefined, body: encodeMessage(send) };
    });
    // Every transaction has an epoch of its own, which counts from 0.
    const stamp = { ...identity, sequence: 0 };
    const head = { acks: 'all', topic: plan.to, partition, stamp } as const;
    const body = writeProduceHead(new ByteWriter(), head).bytes(encodeBatch(messages));
    this.#ask(Api.produce, body, (answer) => {
      const base = answer.kind === 'ok' ? answer.body.u64() : undefined;
      sends.forEach((send, index) => {
        const scope = plan.partitions + partition;
        const where = { flags: Flag.placed, scope, positionMajor: (base ?? 0) + index };
        const settled = { ...send, outcome: outcomeOf(answer), ref: 1 };
        const placed = base === undefined ? settled : { ...settled, ...where };
        world.history.write(EventKind.sendSettled, placed);
      });
      done(base !== undefined);
    });
  }

  #invoked({ lane, seq }: Entry): Pick<EventRecord, 'lane' | 'seq' | 'ticket'> {
    const { world, who, lane: own, nextSeq } = this.#of;
    const ticket = world.history.ticket();
    const send = { actor: who.actor, lane: own, seq: nextSeq(), ticket, attempt: 1 };
    const input = { flags: Flag.derived, positionMajor: lane, positionMinor: seq };
    const of = { auxNs: world.agenda.nowNs, ref: this.#number, ...input };
    world.history.write(EventKind.sendInvoke, { ...send, ...of });
    return send;
  }

  #include(): void {
    const { world, identity, generation } = this.#of;
    const offsets = [...this.#upTo()].map(([partition, offset]) => ({ partition, offset }));
    const ticket = world.history.ticket();
    const write = (kind: EventKind, more: Partial<EventRecord>): void => {
      for (const { partition: scope, offset: positionMajor } of offsets) {
        const place = { flags: Flag.placed, scope, positionMajor };
        const of = { ...this.#of.who, ...place, ticket, ref: generation, seq: this.#number };
        world.history.write(kind, { ...of, ...more });
      }
    };
    write(EventKind.offsetCommitInvoke, {});
    this.#isIncluding = true;
    const request = { identity, generation, offsets };
    this.#ask(Api.includeOffsets, writeIncludeOffsets(new ByteWriter(), request), (answer) => {
      this.#isIncluding = false;
      write(EventKind.offsetCommitSettled, { outcome: outcomeOf(answer) });
      if (!this.#isDropped) this.#end(answer.kind === 'ok' ? 'commit' : 'abort');
    });
  }

  #end(end: TransactionEnd): void {
    const { world, plan, identity, who } = this.#of;
    const detail = TransactionEndCode[end];
    const { actor, session } = who;
    const of = { actor, ref: this.#number, scope: plan.slot, seq: session, detail };
    world.history.write(EventKind.transactionEndInvoke, of);
    const request = writeEndTransaction(new ByteWriter(), { identity, end });
    this.#ask(Api.endTransaction, request, (answer) => {
      const outcome = outcomeOf(answer);
      world.history.write(EventKind.transactionEndSettled, { ...of, outcome });
      const isCommitted = answer.kind === 'ok' && end === 'commit';
      if (isCommitted) advance(plan.committed, this.#upTo());
      if (answer.kind === 'refused' && answer.status === Status.fencedEpoch) {
        world.mark('the end of a transaction was fenced');
      }
      if (this.#isDropped || answer.kind === 'lost') return;
      this.#of.ended(isCommitted ? readIdentity(answer.body) : undefined);
    });
  }

  #ask(api: number, body: ByteWriter, then: (answer: Answer) => void): void {
    this.#of.client.request(api, body.finish(), (answer) => {
      if (!this.#of.isGone()) then(answer);
    });
  }

  /** Where the inputs come to, by partition. */
  #upTo(): ReadonlyMap<number, number> {
    const upTo = new Map<number, number>();
    for (const { partition, offset } of this.#inputs) {
      upTo.set(partition, Math.max(offset + 1, upTo.get(partition) ?? 0));
    }
    return upTo;
  }
}

/** Notes how far commits have come. */
export function advance(committed: Map<number, number>, upTo: ReadonlyMap<number, number>): void {
  for (const [partition, offset] of upTo) {
    committed.set(partition, Math.max(offset, committed.get(partition) ?? 0));
  }
}

function outcomeOf(answer: Answer): OutcomeCode {
  if (answer.kind === 'lost') return OutcomeCode.unknown;
  return answer.kind === 'ok' ? OutcomeCode.ok : OutcomeCode.fail;
}
