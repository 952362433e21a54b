import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckId } from '../../../../harness/core/anomalies.ts';
import {
  BindingCode,
  EventKind,
  type EventRecord,
  OutcomeCode,
} from '../../../../harness/core/events.ts';
import { resultOf } from '../history-of.ts';
import { idOf, isOf } from '../naive-history.ts';
import { judgeRouted, routed, RoutedHistory } from './routed-history.ts';

const ids = ['R1', 'R2', 'R4', 'R5', 'R6'] as const;
type Belongs = 'yes' | 'no' | 'either';
type Tally = { count: number; possible: number } | 'undecided';

/** The definitions by whole-history look-ups, written apart from the streaming checks. */
class NaiveRouting {
  readonly #events: readonly EventRecord[];
  readonly #sent: readonly string[];

  constructor(events: readonly EventRecord[]) {
    this.#events = events;
    this.#sent = [...new Set(events.filter(({ kind }) => kind === EventKind.sendInvoke).map(idOf))];
  }

  judge(): Record<(typeof ids)[number], Tally> {
    const unless = (
      groups: readonly number[],
      tally: { count: number; possible: number },
    ): Tally =>
      tally.count === 0 && !groups.every((group) => this.#isDrained(group)) ? 'undecided' : tally;
    const missing = (group: number) => this.#sent.filter((id) => this.#isMissing(id, group)).length;
    const stray = (group: number) => this.#sent.filter((id) => this.#isStray(id, group)).length;
    const silent = this.#sent.filter((id) => id.startsWith('2:') && this.#isSilent(id));
    const late = silent.filter((id) => this.#indexes(EventKind.sendReturned, id).length > 0);
    const skewed = this.#sent.filter((id) => this.#isSkewed(id));
    return {
      R1: unless([0, 1], { count: missing(0) + missing(1), possible: 0 }),
      R2: { count: stray(0) + stray(1), possible: 0 },
      R4: { count: silent.length - late.length, possible: late.length },
      R5: unless([0, 1, 2], { count: skewed.length, possible: 0 }),
      R6: unless([2], { count: missing(2) + stray(2), possible: 0 }),
    };
  }

  #indexes(kind: EventKind, id: string): number[] {
    return [...this.#events.keys()].filter((at) => {
      const event = this.#events[at];
      return event !== undefined && event.kind === kind && isOf(id)(event);
    });
  }

  #outcomes(id: string): number[] {
    return this.#indexes(EventKind.sendSettled, id).map((at) => this.#events[at]?.outcome ?? 0);
  }

  #has(id: string, group: number): boolean {
    return this.#events.some(
      (event) => event.kind === EventKind.deliver && event.group === group && isOf(id)(event),
    );
  }

  #isDrained(group: number): boolean {
    return this.#events.some(
      (event) => event.kind === EventKind.drainComplete && event.group === group,
    );
  }

  /** From its first send to the last answer; without an end where an attempt may be applied later. */
  #span(id: string): readonly [number, number] {
    const invokes = this.#indexes(EventKind.sendInvoke, id);
    const settles = this.#indexes(EventKind.sendSettled, id);
    const isOpen =
      invokes.length > 1 || settles.length < 1 || this.#outcomes(id).includes(OutcomeCode.unknown);
    return [invokes[0] ?? 0, isOpen ? Number.POSITIVE_INFINITY : (settles.at(-1) ?? 0)];
  }

  #belongs(id: string, group: number): Belongs {
    const route = Number(id.split(':')[0]);
    if (route === 3) return 'yes';
    const [first, last] = this.#span(id);
    let leads: Belongs =
      routed.routes[route]?.groups.some((of) => of === group) === true ? 'yes' : 'no';
    let open = 0;
    let pending: Belongs = leads;
    let answer: Belongs | undefined;
    const meet = (state: Belongs): void => {
      answer = answer === undefined || answer === state ? state : 'either';
    };
    this.#events.forEach((event, at) => {
      if (at === first) meet(open > 0 ? 'either' : leads);
      const isChange = event.kind === EventKind.bound || event.kind === EventKind.unbound;
      if (!isChange || event.group !== group || event.ref !== route) return;
      const to = event.kind === EventKind.bound ? 'yes' : 'no';
      if (event.detail === BindingCode.invoke) {
        pending = open === 0 || pending === to ? to : 'either';
        open += 1;
        if (at > first && at < last) meet('either');
      } else if (open === 0) {
        leads = to;
        if (at > first) meet('either');
      } else {
        open -= 1;
        if (open === 0) leads = pending;
      }
    });
    return answer ?? 'either';
  }

  #isMissing(id: string, group: number): boolean {
    if (id.startsWith('3:') || !this.#isDrained(group) || this.#has(id, group)) return false;
    if (this.#belongs(id, group) !== 'yes') return false;
    const isSomewhere =
      [0, 1, 2].some((other) => this.#has(id, other)) ||
      this.#indexes(EventKind.sendReturned, id).length > 0;
    return isSomewhere && this.#outcomes(id).includes(OutcomeCode.ok);
  }

  #isStray(id: string, group: number): boolean {
    return !id.startsWith('3:') && this.#has(id, group) && this.#belongs(id, group) === 'no';
  }

  #isSilent(id: string): boolean {
    if ([0, 1, 2].some((group) => this.#belongs(id, group) !== 'no')) return false;
    const confirmed = this.#indexes(EventKind.sendSettled, id).find(
      (at) => this.#events[at]?.outcome === OutcomeCode.ok,
    );
    const returned = this.#indexes(EventKind.sendReturned, id);
    return confirmed !== undefined && !returned.some((at) => at < confirmed);
  }

  #isSkewed(id: string): boolean {
    const outcomes = this.#outcomes(id);
    const invoked = this.#indexes(EventKind.sendInvoke, id).length;
    const isRefused =
      outcomes.length === invoked && outcomes.every((of) => of === OutcomeCode.fail);
    if (isRefused) return false;
    const due = [0, 1, 2].filter((group) => this.#belongs(id, group) === 'yes');
    return (
      due.some((group) => this.#has(id, group)) &&
      due.some((group) => this.#isDrained(group) && !this.#has(id, group))
    );
  }
}

const lane = fc.constantFrom(0, 1, 2, 2, 3);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('send' as const), lane }) },
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant('settle' as const),
      lane,
      seq: fc.nat({ max: 2 }),
      outcome: fc.constantFrom('ok', 'ok', 'ok', 'fail', 'unknown'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('resend' as const), lane, seq: fc.nat({ max: 2 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('return' as const), lane, seq: fc.nat({ max: 2 }) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constant('deliver' as const),
      lane,
      seq: fc.nat({ max: 2 }),
      group: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('change' as const),
      how: fc.constantFrom('bind', 'unbind'),
      stage: fc.constantFrom('invoke', 'settled', 'both', 'both'),
      route: fc.nat({ max: 2 }),
      group: fc.nat({ max: 2 }),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function build(steps: readonly Step[], drained: readonly number[]): RoutedHistory {
  const history = new RoutedHistory();
  const next = new Map<number, number>();
  const open = new Map<string, number>();
  const begin = (of: number, seq: number, attempt: number): void => {
    open.set(`${of}:${seq}`, (open.get(`${of}:${seq}`) ?? 0) + 1);
    history.invoke(of, seq, attempt);
  };
  for (const one of steps) {
    if (one.what === 'send') {
      const seq = next.get(one.lane) ?? 0;
      next.set(one.lane, seq + 1);
      begin(one.lane, seq, 1);
    } else if (one.what === 'change') {
      const { how, stage, route, group } = one;
      if (stage === 'both') history.rebind(how, route, group);
      else history.binding(how, stage, route, group);
    } else if (one.seq < (next.get(one.lane) ?? 0)) {
      const key = `${one.lane}:${one.seq}`;
      if (one.what === 'deliver') history.deliver(one.lane, one.seq, { group: one.group });
      else if (one.what === 'return') history.returned(one.lane, one.seq);
      else if (one.what === 'resend') begin(one.lane, one.seq, 2);
      else if ((open.get(key) ?? 0) > 0) {
        open.set(key, (open.get(key) ?? 0) - 1);
        history.settled(one.lane, one.seq, one.outcome);
      }
    }
  }
  for (const group of drained) history.drained(group);
  return history;
}

describe('the checks of routing', () => {
  it('agree with the naive oracle on every small history', () => {
    const seen = new Map<CheckId, number>();
    const history = fc
      .tuple(
        fc.array(step, { minLength: 4, maxLength: 40, size: 'max' }),
        fc.subarray([0, 1, 2], { minLength: 2 }),
      )
      .map(([steps, drained]) => build(steps, drained));
    fc.assert(
      fc.property(history, (of) => {
        const judgement = judgeRouted(of);
        const actual = ids.map((id): [CheckId, Tally] => {
          const result = resultOf(judgement, id);
          if (result.status !== 'decided') return [id, 'undecided'];
          if (result.count > 0) seen.set(id, (seen.get(id) ?? 0) + 1);
          return [id, { count: result.count, possible: result.possible }];
        });
        expect(Object.fromEntries(actual)).toEqual(new NaiveRouting(of.events).judge());
      }),
      { numRuns: 1_000, seed: 20_261_123 },
    );
    for (const id of ids) expect([id, (seen.get(id) ?? 0) >= 10]).toEqual([id, true]);
  });
});
