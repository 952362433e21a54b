import * as fc from 'fast-check';
import { EventKind, type EventRecord, Flag } from '../../../../harness/core/events.ts';
import { consumerA } from '../history-of.ts';
import { TransactionHistory } from './transaction-history.ts';

const id = fc.nat({ max: 1 });
const scope = fc.constantFrom(0, 0, 0, 1);
const step = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant('begin' as const), id }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      id: fc.option(id, { nil: undefined }),
      scope,
      isLate: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('consume' as const), id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('answer' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      id,
      end: fc.constantFrom('commit' as const, 'commit' as const, 'abort' as const),
      outcome: fc.constantFrom('ok' as const, 'ok' as const, 'ok' as const, 'unknown' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fence' as const), id }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ns: fc.constantFrom(10_000, 20_000) }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant('look' as const),
      group: fc.constantFrom(0, 0, 1, 2),
      scope,
      position: fc.constantFrom(0, 0, 1, 2, 3, 6),
      agoNs: fc.constantFrom(0, 0, 1_000, 4_000, 15_000),
    }),
  },
);
// What is too rare to happen by chance: a transaction that something else than its beginning tells of, and
// readers of two entries whose requests are of very different times.
const rare = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('unheard' as const), id, isRead: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('readers' as const),
      looks: fc.array(
        fc.record({ ahead: fc.nat({ max: 2 }), agoNs: fc.constantFrom(0, 30_000, 60_000) }),
        {
          minLength: 3,
          maxLength: 6,
        },
      ),
    }),
  },
);
const steps = fc
  .tuple(
    fc.array(step, { maxLength: 25, size: 'max' }),
    fc.option(rare, { nil: undefined }),
    fc.array(step, { minLength: 3, maxLength: 25, size: 'max' }),
  )
  .map(([before, one, after]) => [...before, ...(one === undefined ? [] : [one]), ...after]);

type Step = typeof steps extends fc.Arbitrary<readonly (infer T)[]> ? T : never;

interface Sent {
  readonly seq: number;
  readonly at: readonly [number, number];
}

/** Two transactional ids with one transaction each at a time, some of which nobody was seen to begin. */
class Play {
  readonly history = new TransactionHistory();
  readonly #open: (number | undefined)[] = [undefined, undefined];
  readonly #ends = [0, 0];
  readonly #late: Sent[] = [];
  #begun = 0;
  #seq = 0;
  #epoch = 0;

  step(one: Step): void {
    switch (one.do) {
      case 'begin':
        this.history.begin(this.#fresh(one.id), { id: one.id, epoch: this.#epoch });
        return;
      case 'write':
        return this.#write(one.id === undefined ? 0 : this.#current(one.id), one);
      case 'consume':
        if (this.#seq > 0) this.history.reads(this.#current(one.id), 0, 0);
        return;
      case 'answer': {
        const sent = this.#late.shift();
        if (sent !== undefined) this.history.settled(0, sent.seq, 'ok', sent.at);
        return;
      }
      case 'end': {
        const transaction = this.#current(one.id);
        const owner = { id: one.id, epoch: this.#epoch };
        this.history.asks(transaction, one.end, owner);
        this.history.answers(transaction, one.end, one.outcome, owner);
        this.#open[one.id] = undefined;
        return;
      }
      case 'fence':
        this.#epoch += 1;
        this.history.init(one.id, this.#epoch);
        return;
      case 'wait':
        this.history.wait(one.ns);
        return;
      case 'look':
        return this.#look(one);
      case 'unheard':
        return this.#unheard(one.id, one.isRead);
      default:
        return this.#readers(one.looks);
    }
  }

  #unheard(of: number, isRead: boolean): void {
    this.#write(0, { scope: 0, isLate: false });
    if (isRead) this.history.reads(this.#fresh(of), 0, 0);
    else this.history.asks(this.#fresh(of), 'commit', { id: of, epoch: this.#epoch });
    this.#write(0, { scope: 0, isLate: false });
    this.history.wait(30_000);
    this.#look({ scope: 0, position: (this.#ends[0] ?? 0) - 1, group: 0, agoNs: 0 });
  }

  #readers(looks: readonly { readonly ahead: number; readonly agoNs: number }[]): void {
    const position = this.#ends[0] ?? 0;
    for (let at = 0; at < 2; at += 1) {
      this.#write(0, { scope: 0, isLate: false });
      this.history.wait(30_000);
    }
    for (const { ahead, agoNs } of looks) {
      this.#look({ scope: 0, position: position + ahead, group: 0, agoNs });
    }
  }

  #fresh(of: number): number {
    this.#begun += 1;
    this.#open[of] = this.#begun;
    return this.#begun;
  }

  #current(of: number): number {
    return this.#open[of] ?? this.#fresh(of);
  }

  #write(transaction: number, one: { readonly scope: number; readonly isLate: boolean }): void {
    const seq = this.#seq;
    this.#seq += 1;
    const position = this.#ends[one.scope] ?? 0;
    this.#ends[one.scope] = position + 1;
    const at = [one.scope, position] as const;
    this.history.write(transaction, 0, seq, { outcome: 'open' });
    if (one.isLate) this.#late.push({ seq, at });
    else this.history.settled(0, seq, 'ok', at);
  }

  #look(one: { scope: number; position: number; group: number; agoNs: number }): void {
    const { scope: of, position: positionMajor, group } = one;
    const auxNs = Math.max(0, this.history.nowNs - one.agoNs);
    const read = { kind: EventKind.read, ...consumerA, group, scope: of, auxNs };
    this.history.add({ ...read, positionMajor, flags: Flag.placed });
  }
}

/** Histories of reads, which may be old when they are answered, and of transactions that open and end. */
export const randomHanging: fc.Arbitrary<readonly EventRecord[]> = steps.map((of) => {
  const playing = new Play();
  for (const one of of) playing.step(one);
  return playing.history.events;
});
