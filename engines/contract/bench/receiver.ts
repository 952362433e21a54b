import type {
  Consumer,
  ConsumerSink,
  Delivery,
  Outcome,
  Settlement,
  Traits,
} from '../../engine.ts';
import { eventually, must, within } from './expecting.ts';

/** A consumer of the suite with its sink: keeps every delivery and answers settlements. */
export class Receiver implements ConsumerSink {
  readonly deliveries: Delivery[] = [];
  readonly scopes = new Set<number>();
  readonly traits: Traits;
  readonly patienceMs: number;
  consumer: Consumer | undefined;
  revocations = 0;
  #nextTicket = 1;
  #open = new Map<number, { readonly unanswered: Set<number>; outcomes: Outcome[] }>();

  constructor(traits: Traits, patienceMs: number) {
    this.traits = traits;
    this.patienceMs = patienceMs;
  }

  deliver(batch: readonly Delivery[]): void {
    this.deliveries.push(...batch);
  }

  settled(ticket: number, index: number, outcome: Outcome): void {
    const open = this.#open.get(ticket);
    if (open === undefined) return;
    if (index === -1) open.unanswered.clear();
    else open.unanswered.delete(index);
    open.outcomes.push(outcome);
  }

  assigned(scopes: readonly number[]): void {
    for (const scope of scopes) this.scopes.add(scope);
  }

  async revoking(scopes: readonly number[]): Promise<void> {
    this.revocations += 1;
    for (const scope of scopes) this.scopes.delete(scope);
  }

  lost(scopes: readonly number[]): void {
    for (const scope of scopes) this.scopes.delete(scope);
  }

  scopeEnded(scope: number): void {
    this.scopes.delete(scope);
  }

  disconnected(): void {}

  get inner(): Consumer {
    must(this.consumer !== undefined, 'the session gave no consumer');
    return this.consumer;
  }

  /** Requests in steps of the receive limit. */
  request(permits: number): void {
    for (let left = permits; left > 0; left -= this.traits.receiveLimit) {
      this.inner.request(Math.min(left, this.traits.receiveLimit));
    }
  }

  async until(count: number, patienceMs = this.patienceMs): Promise<readonly Delivery[]> {
    await eventually(
      `${count} deliveries`,
      patienceMs,
      () => this.deliveries.length >= count,
      () => `${this.deliveries.length} came`,
    );
    return this.deliveries.slice(0, count);
  }

  async receive(count: number): Promise<readonly Delivery[]> {
    this.request(count);
    return this.until(count);
  }

  /** Requests, waits and settles in rounds, as a consumer that keeps up does. */
  async receiveAndAcknowledge(
    count: number,
    roundMost = this.traits.receiveLimit,
  ): Promise<readonly Delivery[]> {
    let have = this.deliveries.length;
    for (const end = have + count; have < end; ) {
      const round = Math.min(end - have, roundMost);
      this.inner.request(round);
      await this.until(have + round);
      await this.acknowledge(this.deliveries.slice(have, have + round));
      have += round;
    }
    return this.deliveries.slice(have - count);
  }

  bodies(): readonly string[] {
    return this.deliveries.map(({ body }) => body.toString());
  }

  async acknowledge(of: readonly Delivery[]): Promise<void> {
    if (this.traits.acknowledge === 'none' || of.length === 0) return;
    await this.settle(of, { how: 'acknowledge' });
  }

  /** Resolves when the settlement is proved as far as the engine can; `fail` and `unknown` are errors. */
  async settle(of: readonly Delivery[], how: Settlement): Promise<void> {
    for (const outcome of await this.trySettle(of, how)) {
      must(outcome === 'ok', `${how.how} of ${of.length} ended with ${outcome}`);
    }
  }

  async trySettle(of: readonly Delivery[], how: Settlement): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    const step = this.traits.settleLimit.messages;
    for (let from = 0; from < of.length; from += step) {
      outcomes.push(...(await this.#settleOnce(of.slice(from, from + step), how)));
    }
    if (this.traits.ackReply === 'fence') {
      must(this.inner.fence !== undefined, 'ackReply is fence, but there is no fence');
      await within('fence', this.patienceMs, this.inner.fence());
    }
    return outcomes;
  }

  async #settleOnce(of: readonly Delivery[], how: Settlement): Promise<readonly Outcome[]> {
    const ticket = this.#nextTicket;
    this.#nextTicket += 1;
    const open = { unanswered: new Set(of.keys()), outcomes: [] as Outcome[] };
    this.#open.set(ticket, open);
    this.inner.settle(ticket, of, how);
    if (this.traits.ackReply === 'each') {
      await eventually(`${how.how} is answered`, this.patienceMs, () => open.unanswered.size === 0);
    }
    this.#open.delete(ticket);
    return open.outcomes;
  }
}
