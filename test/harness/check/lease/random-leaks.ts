import * as fc from 'fast-check';
import { EventKind } from '../../../../harness/core/events.ts';
import {
  type CellFacts,
  defaultBounds,
  plainFacts,
  plainGroup,
} from '../../../../harness/core/facts.ts';
import { consumerA, consumerB, HistoryBuilder, producer } from '../history-of.ts';

const messages = 3;
/** An unordered lane of messages that come and go, so that their group is served. */
const passing = 4;
const seq = fc.nat({ max: messages - 1 });
const isB = fc.boolean();

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      seq,
      isB,
      isPushed: fc.boolean(),
      agoNs: fc.constantFrom(0, 1_000, 30_000),
      counted: fc.constantFrom(1, 1, 1, 2, 0),
      leaseMs: fc.constantFrom(1, 1, 1, 0),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      seq,
      isB,
      how: fc.constantFrom(...(['acknowledge', 'requeue', 'reject', 'extend'] as const)),
      outcome: fc.constantFrom(...(['ok', 'ok', 'fail', 'unknown'] as const)),
      isOpen: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('session' as const),
      isB,
      what: fc.constantFrom(...(['open', 'open', 'close', 'crash'] as const)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('gone' as const),
      seq,
      kind: fc.constantFrom(EventKind.expired, EventKind.deadLettered, EventKind.purged),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ns: fc.constantFrom(20_000, 500_000, 1_000_000),
    }),
  },
  // Its lease ends, its group is served for a while, and it comes back.
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('late' as const),
      seq,
      isB,
      isPushed: fc.boolean(),
      times: fc.integer({ min: 5, max: 14 }),
      waitNs: fc.constantFrom(0, 0, 0, 15_000),
      counted: fc.constantFrom(1, 1, 1, 2, 0),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export interface Leaks {
  readonly history: HistoryBuilder;
  readonly facts: CellFacts;
}

/** One group whose consumer B gets what it is pushed, and a few messages under leases of a millisecond. */
export const randomLeaks: fc.Arbitrary<Leaks> = fc
  .record({
    expiries: fc.array(fc.constantFrom(-1, 2_000_000, 3_000_000, 60_000_000), {
      minLength: messages,
      maxLength: messages,
    }),
    opens: fc.boolean(),
    steps: fc.array(step, { minLength: 2, maxLength: 10, size: 'max' }),
    attempts: fc.constantFrom(0, 3),
    endNs: fc.constantFrom(0, 30_000, 1_100_000, 1_100_000),
    drains: fc.constantFrom(true, true, true, false),
  })
  .map(({ expiries, opens, steps, attempts, endNs, drains }) => {
    const playing = new Play(expiries, opens);
    for (const one of steps) playing.step(one);
    const history = playing.history.wait(endNs);
    if (drains) history.drained();
    // What is no delivery passes the time as well.
    else history.send(passing + 1, 0);
    const facts = {
      ...plainFacts,
      groups: [{ ...plainGroup, attempts }],
      leased: true,
      timed: true,
      bounds: { ...defaultBounds, leaseSlackMs: 0.04, skewMs: 0.6 },
    };
    return { history, facts };
  });

class Play {
  readonly history = new HistoryBuilder();
  readonly #delivered: number[] = [];
  #passed = 0;

  constructor(expiries: readonly number[], opens: boolean) {
    if (opens) this.history.open(consumerA).open(consumerB);
    expiries.forEach((expiresNs, at) => {
      this.history.invoke(0, at);
      const timed = { actor: producer, lane: 0, seq: at, positionMajor: expiresNs };
      if (expiresNs >= 0) this.history.add({ kind: EventKind.sendTimed, ...timed });
      this.history.settled(0, at, 'ok');
    });
  }

  step(one: Step): void {
    switch (one.do) {
      case 'deliver':
        return this.#deliver(one.seq, one);
      case 'settle':
        return this.#settle(one);
      case 'session': {
        const to = one.isB ? consumerB : consumerA;
        if (one.what === 'open') this.history.open(to);
        else if (one.what === 'close') this.history.close(to);
        else this.history.crash(to);
        return;
      }
      case 'gone':
        this.history.add({ kind: one.kind, group: 0, lane: 0, seq: one.seq });
        return;
      case 'wait':
        this.history.wait(one.ns);
        return;
      default:
        this.#deliver(one.seq, { ...one, counted: 1, agoNs: 0, leaseMs: 1 });
        this.history.wait(1_000_000);
        this.#serve(one.times, one.isB);
        this.history.wait(one.waitNs);
        this.#serve(1, one.isB);
        this.#deliver(one.seq, { ...one, agoNs: 0, leaseMs: 1 });
    }
  }

  #serve(times: number, isB: boolean): void {
    const to = isB ? consumerB : consumerA;
    for (let at = 0; at < times; at += 1) {
      this.history.send(passing, this.#passed);
      const pulled = isB ? {} : { requestedNs: this.history.nowNs };
      this.history.consume(passing, this.#passed, { to, ...pulled });
      this.#passed += 1;
    }
  }

  #deliver(
    of: number,
    one: {
      readonly isB: boolean;
      readonly isPushed: boolean;
      readonly agoNs: number;
      readonly counted: number;
      readonly leaseMs: number;
    },
  ): void {
    const counted = (this.#delivered[of] ?? 0) + one.counted;
    if (one.counted > 0) this.#delivered[of] = counted;
    const requestedNs = Math.max(0, this.history.nowNs - one.agoNs);
    this.history.deliver(0, of, {
      to: one.isB ? consumerB : consumerA,
      leaseMs: one.leaseMs,
      attempt: one.counted === 0 ? 0 : counted,
      ...(one.isB && one.isPushed ? {} : { requestedNs }),
    });
  }

  /** Consumer B waits for its answers, so that there is no doubt which of them came first. */
  #settle(one: Step & { readonly do: 'settle' }): void {
    const to = one.isB ? consumerB : consumerA;
    const leaseMs = one.how === 'extend' ? 1 : 0;
    if (one.isOpen && !one.isB) this.history.beginSettle(0, one.seq, one.how, { to, leaseMs });
    else this.history.settle(0, one.seq, one.how, one.outcome, { to, leaseMs });
  }
}
