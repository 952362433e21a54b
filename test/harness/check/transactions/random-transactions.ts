import * as fc from 'fast-check';
import { TransactionHistory } from './transaction-history.ts';

const who = fc.nat({ max: 1 });
const group = fc.nat({ max: 1 });
const lane = fc.nat({ max: 2 });
const seq = fc.nat({ max: 3 });
const outcome = fc.constantFrom('ok', 'ok', 'fail', 'unknown', 'open', 'open');
const answer = fc.constantFrom('ok', 'ok', 'ok', 'fail', 'unknown', 'none');
const end = fc.constantFrom('commit', 'commit', 'abort');
const from = fc.option(seq, { nil: undefined });

const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('begin'), who }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('write'), who, lane, outcome, from }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resend'), who, lane, seq, outcome }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('plain'), lane }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('consume'), who, seq }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('end'), who, end, answer }) },
  { weight: 9, arbitrary: fc.record({ do: fc.constant('deliver'), lane, seq, group }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('late'), lane, seq }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leak'), who, lane }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('knot'), answer }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/**
 * Two producers with one transaction each at a time, and groups that see anything at any time. What is made
 * from an input of lane 0 is written to the other lanes.
 */
export const randomTransactions: fc.Arbitrary<TransactionHistory> = fc
  .array(step, { minLength: 5, maxLength: 40, size: 'max' })
  .map((steps) => {
    const play = new Play();
    for (const one of steps) play.step(one);
    return play.history.drained(0).drained(1);
  });

interface Current {
  readonly transaction: number;
  asked: boolean;
}

class Play {
  readonly history = new TransactionHistory();
  readonly #next = [0, 0, 0];
  readonly #current: (Current | undefined)[] = [undefined, undefined];
  #begun = 0;

  step(one: Step): void {
    if (one.do === 'begin' && 'who' in one) this.#begin(one.who);
    else if (one.do === 'leak' && 'who' in one && 'lane' in one) this.#leak(one.who, one.lane);
    else if (one.do === 'knot' && 'answer' in one) this.#knot(one.answer);
    else if ('from' in one) {
      const at = this.#next[one.lane] ?? 0;
      this.#next[one.lane] = at + 1;
      const made = one.lane === 0 || one.from === undefined ? {} : { from: [0, one.from] as const };
      this.history.write(this.#open(one.who), one.lane, at, { outcome: one.outcome, ...made });
    } else if ('outcome' in one) {
      if (one.seq >= (this.#next[one.lane] ?? 0)) return;
      const details = { outcome: one.outcome };
      this.history.write(this.#open(one.who), one.lane, one.seq, details);
    } else if ('answer' in one) this.#end(one.who, one.end, one.answer);
    else if ('group' in one) this.history.deliver(one.lane, one.seq, { group: one.group });
    else if ('who' in one && 'seq' in one) this.history.reads(this.#open(one.who), 0, one.seq);
    else if (one.do === 'plain' && 'lane' in one) {
      const at = this.#next[one.lane] ?? 0;
      this.#next[one.lane] = at + 1;
      this.history.send(one.lane, at);
    } else if ('lane' in one && 'seq' in one && one.seq < (this.#next[one.lane] ?? 0)) {
      this.history.settled(one.lane, one.seq, 'ok');
    }
  }

  /** Two transactions that read each other's writes; one of them is committed, the other perhaps. */
  #knot(answer: 'ok' | 'fail' | 'unknown' | 'none'): void {
    const [first, second] = [this.#begin(0), this.#begin(1)];
    const at = this.#next[0] ?? 0;
    this.#next[0] = at + 2;
    this.history.write(first, 0, at).write(second, 0, at + 1);
    this.history.reads(first, 0, at + 1).reads(second, 0, at);
    this.#end(0, 'commit', 'ok');
    this.#end(1, 'commit', answer);
  }

  /** A write that nobody answered, aborted, and delivered after the next commit. */
  #leak(id: number, of: number): void {
    const at = this.#next[of] ?? 0;
    this.#next[of] = at + 2;
    this.history.write(this.#begin(id), of, at, { outcome: 'open' });
    this.#end(id, 'abort', 'ok');
    this.history.write(this.#begin(id), of, at + 1);
    this.#end(id, 'commit', 'ok');
    this.history.deliver(of, at);
  }

  #begin(id: number): number {
    this.#begun += 1;
    this.#current[id] = { transaction: this.#begun, asked: false };
    this.history.begin(this.#begun, { id, actor: 100 + id });
    return this.#begun;
  }

  /** A producer writes nothing more once it has asked for the end. */
  #open(id: number): number {
    const current = this.#current[id];
    return current === undefined || current.asked ? this.#begin(id) : current.transaction;
  }

  #end(id: number, end: 'commit' | 'abort', answer: 'ok' | 'fail' | 'unknown' | 'none'): void {
    const current = this.#current[id];
    if (current === undefined) return;
    current.asked = true;
    const owner = { id, actor: 100 + id };
    this.history.asks(current.transaction, end, owner);
    if (answer === 'none') return;
    this.history.answers(current.transaction, end, answer, owner);
    if (answer === 'ok') this.#current[id] = undefined;
  }
}
