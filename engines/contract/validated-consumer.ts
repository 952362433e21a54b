import { crc32c } from '../../harness/core/crc32c.ts';
import { invariant } from '../../harness/core/errors.ts';
import type { Capability, Consumer, ConsumerSink, Delivery, Settlement } from '../engine.ts';
import type { Judge } from './judge.ts';
import { maySettle } from './undeclared.ts';

const rememberedMost = 65_536;

interface Snapshot {
  readonly fields: Delivery;
  readonly checksum: number;
}

interface PendingSettlement {
  readonly deliveries: number;
  readonly unanswered: Set<number>;
  readonly declared: boolean;
}

/** Which field of a delivery belongs to which capability, and whether it must then always be there. */
const fieldOf: readonly (readonly [keyof Delivery, Capability, 'always' | 'sometimes'])[] = [
  ['key', 'keys', 'sometimes'],
  ['headers', 'headers', 'sometimes'],
  ['place', 'places', 'always'],
  ['attempt', 'attempts', 'always'],
  ['redelivered', 'redelivered-flag', 'always'],
  ['leaseMs', 'lease', 'always'],
  ['death', 'dead-letter-causes', 'sometimes'],
];

/** Watches one consumer. */
export class ConsumerWatch {
  readonly #judge: Judge;
  readonly #sink: ConsumerSink;
  readonly #given = new Map<Delivery, Snapshot>();
  readonly #settlements = new Map<number, PendingSettlement>();
  readonly #answered = new Set<number>();
  readonly #assigned = new Set<number>();
  #generation = Number.NEGATIVE_INFINITY;
  #permits = 0;
  #closed = false;

  constructor(judge: Judge, sink: ConsumerSink) {
    this.#judge = judge;
    this.#sink = sink;
  }

  /** The session was closed, and the consumer with it. */
  end(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const delivery of this.#given.keys()) this.#checkUnchanged(delivery);
    this.#given.clear();
    const [first] = this.#settlements.keys();
    if (first !== undefined && this.#judge.traits.ackReply === 'each') {
      this.#judge.broke('close-settles', `settlement ticket ${first} was never answered`);
    }
    this.#settlements.clear();
  }

  sink(): ConsumerSink {
    const rebalances = (call: string): boolean => {
      if (!this.#open(call)) return false;
      return this.#judge.traits.capabilities.has('rebalance-events')
        ? true
        : this.#judge.broke('report-what-is-declared', `${call} without "rebalance-events"`);
    };
    return {
      deliver: (batch) => {
        if (this.#mayDeliver(batch)) this.#sink.deliver(batch);
      },
      settled: (ticket, index, outcome, code) => {
        if (this.#mayAnswer(ticket, index, outcome === 'ok', code)) {
          this.#sink.settled(ticket, index, outcome, code);
        }
      },
      assigned: (scopes, generation) => {
        if (rebalances('assigned') && this.#mayAssign(scopes, generation)) {
          this.#sink.assigned(scopes, generation);
        }
      },
      revoking: async (scopes) => {
        if (!rebalances('revoking')) return;
        await this.#sink.revoking(scopes);
        for (const scope of scopes) this.#assigned.delete(scope);
      },
      lost: (scopes) => {
        if (!rebalances('lost')) return;
        for (const scope of scopes) this.#assigned.delete(scope);
        this.#sink.lost(scopes);
      },
      scopeEnded: (scope, children) => {
        if (rebalances('scopeEnded')) this.#sink.scopeEnded(scope, children);
      },
      disconnected: (error) => {
        if (this.#open('disconnected')) this.#sink.disconnected(error);
      },
    };
  }

  wrap(inner: Consumer): Consumer {
    const { ackReply, capabilities } = this.#judge.traits;
    this.#checkPresence('fence', ackReply === 'fence', inner.fence !== undefined);
    this.#checkPresence('seek', capabilities.has('seek'), inner.seek !== undefined);
    const fence = inner.fence?.bind(inner);
    const seek = inner.seek?.bind(inner);
    return {
      request: (permits) => {
        this.#judge.throwIfBroken();
        invariant(!this.#closed, 'the harness requests after close');
        invariant(Number.isInteger(permits) && permits >= 0, 'the harness requests no number');
        this.#permits += permits;
        inner.request(permits);
      },
      settle: (ticket, of, how) => this.#settle(inner, ticket, of, how),
      ...(fence === undefined ? {} : { fence }),
      ...(seek === undefined ? {} : { seek }),
      close: async () => {
        await inner.close();
        this.end();
        this.#judge.throwIfBroken();
      },
    };
  }

  #settle(inner: Consumer, ticket: number, of: readonly Delivery[], how: Settlement): void {
    this.#judge.throwIfBroken();
    invariant(!this.#closed, 'the harness settles after close');
    invariant(of.length > 0, 'the harness settles nothing');
    invariant(
      of.length <= this.#judge.traits.settleLimit.messages,
      'the harness exceeds settleLimit',
    );
    invariant(!this.#settlements.has(ticket), `the harness uses settlement ticket ${ticket} twice`);
    for (const delivery of of) {
      this.#checkUnchanged(delivery);
      if (how.how !== 'extend') this.#given.delete(delivery);
    }
    const declared = maySettle(this.#judge.traits, how.how);
    this.#settlements.set(ticket, {
      deliveries: of.length,
      unanswered: new Set(of.keys()),
      declared,
    });
    try {
      inner.settle(ticket, of, how);
    } catch (refusal) {
      this.#settlements.delete(ticket);
      throw refusal;
    }
    if (!declared && this.#judge.traits.ackReply !== 'each') {
      this.#judge.broke('undeclared-is-refused', `"${how.how}" was taken without a word`);
    }
  }

  #checkPresence(what: string, declared: boolean, present: boolean): void {
    if (declared === present) return;
    this.#judge.broke('presence-is-declared', `${what} is ${present ? 'present' : 'absent'}`);
  }

  #mayDeliver(batch: readonly Delivery[]): boolean {
    if (!this.#open(`deliver of ${batch.length}`)) return false;
    if (batch.length > this.#permits) {
      return this.#judge.broke(
        'permits-are-kept',
        `${batch.length} delivered with ${this.#permits} permits`,
      );
    }
    this.#permits -= batch.length;
    for (const delivery of batch) {
      if (!this.#mayDeliverOne(delivery)) return false;
    }
    return true;
  }

  #mayDeliverOne(delivery: Delivery): boolean {
    if (this.#given.has(delivery)) {
      return this.#judge.broke('delivery-is-given-away', 'the same object was delivered twice');
    }
    const { capabilities } = this.#judge.traits;
    for (const [field, capability, presence] of fieldOf) {
      const present = delivery[field] !== undefined;
      const declared = capabilities.has(capability);
      if (present && !declared) {
        return this.#judge.broke('report-what-is-declared', `${field} without "${capability}"`);
      }
      if (!present && declared && presence === 'always') {
        return this.#judge.broke('report-what-is-declared', `no ${field} despite "${capability}"`);
      }
    }
    const scope = delivery.place?.scope;
    if (scope !== undefined && capabilities.has('rebalance-events') && !this.#assigned.has(scope)) {
      return this.#judge.broke('scope-is-assigned', `a delivery of scope ${scope}`);
    }
    this.#given.set(delivery, { fields: { ...delivery }, checksum: crc32c(delivery.body) });
    if (this.#given.size > rememberedMost) {
      const [oldest] = this.#given.keys();
      if (oldest !== undefined) this.#given.delete(oldest);
    }
    return true;
  }

  #checkUnchanged(delivery: Delivery): void {
    const snapshot = this.#given.get(delivery);
    if (snapshot === undefined) return;
    for (const field of Object.keys(snapshot.fields) as (keyof Delivery)[]) {
      if (delivery[field] !== snapshot.fields[field]) {
        this.#judge.broke('delivery-is-given-away', `${field} changed after it was delivered`);
        return;
      }
    }
    if (crc32c(delivery.body) !== snapshot.checksum) {
      this.#judge.broke('delivery-is-given-away', 'the bytes of a body changed after delivery');
    }
  }

  #mayAnswer(ticket: number, index: number, ok: boolean, code: number): boolean {
    const judge = this.#judge;
    const what = `settlement ticket ${ticket}, index ${index}`;
    if (!this.#open(`settled (${what})`)) return false;
    if (judge.traits.ackReply !== 'each') return judge.broke('settlement-reply-is-declared', what);
    const pending = this.#settlements.get(ticket);
    if (pending === undefined) {
      const rule = this.#answered.has(ticket) ? 'settlement-settles-once' : 'settlement-is-known';
      return judge.broke(rule, what);
    }
    if (ok && !pending.declared) return judge.broke('undeclared-is-refused', what);
    if (!Number.isInteger(index) || index < -1 || index >= pending.deliveries) {
      return judge.broke('settlement-is-known', what);
    }
    if (index === -1) pending.unanswered.clear();
    else if (!pending.unanswered.delete(index)) return judge.broke('settlement-settles-once', what);
    if (pending.unanswered.size === 0) {
      this.#settlements.delete(ticket);
      this.#answered.add(ticket);
      if (this.#answered.size > rememberedMost) {
        const [oldest] = this.#answered;
        if (oldest !== undefined) this.#answered.delete(oldest);
      }
    }
    return judge.checkCode(ok, code);
  }

  #mayAssign(scopes: readonly number[], generation: number): boolean {
    if (generation < this.#generation) {
      return this.#judge.broke('generation-grows', `${generation} after ${this.#generation}`);
    }
    this.#generation = generation;
    for (const scope of scopes) this.#assigned.add(scope);
    return true;
  }

  #open(call: string): boolean {
    return this.#closed ? this.#judge.broke('silent-after-close', `ConsumerSink.${call}`) : true;
  }
}
