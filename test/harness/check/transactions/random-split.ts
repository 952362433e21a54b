import * as fc from 'fast-check';
import {
  EventKind,
  type EventRecord,
  Flag,
  noGroup,
  OutcomeCode,
} from '../../../../harness/core/events.ts';
import { TransactionHistory } from './transaction-history.ts';

/** Lanes 0 and 1 hold inputs, each in the scope of its number; lane 2 holds what is made of them. */
const inputs = 3;
export const outputLane = 2;

const who = fc.nat({ max: 1 });
const lane = fc.nat({ max: 1 });
const seq = fc.nat({ max: inputs - 1 });
const position = fc.nat({ max: inputs });

const step = fc.oneof(
  // A whole transaction, as most are.
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('transform' as const),
      who,
      lane,
      seq,
      carried: fc.option(position, { nil: -1 }),
      isSeen: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('consume' as const), who, lane, seq }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('carry' as const), who, scope: lane, position }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      who,
      outcome: fc.constantFrom(...(['ok', 'ok', 'ok', 'fail', 'unknown', 'open'] as const)),
      isSeen: fc.constantFrom(true, true, false),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      who,
      end: fc.constantFrom(
        'commit' as const,
        'commit' as const,
        'commit' as const,
        'abort' as const,
      ),
      answer: fc.constantFrom(
        'ok' as const,
        'ok' as const,
        'ok' as const,
        'unknown' as const,
        'fail' as const,
      ),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      who,
      lane,
      seq,
      agoNs: fc.constantFrom(undefined, 0, 2_500, 6_000),
      isElsewhere: fc.constantFrom(false, false, false, false, true),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('output' as const),
      back: fc.nat({ max: 4 }),
      what: fc.constantFrom(
        'deliver' as const,
        'deliver' as const,
        'expire' as const,
        'again' as const,
      ),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      who,
      what: fc.constantFrom(
        ...([
          'open',
          'open',
          'open',
          'open',
          'assign',
          'assign',
          'assign',
          'seek',
          'offset',
        ] as const),
      ),
      scope: lane,
      position,
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export interface Split {
  readonly events: readonly EventRecord[];
  readonly groups: number;
  readonly placed: boolean;
}

/** Two consumers of group 0 that transform what they get, one transaction each at a time. */
export const randomSplit: fc.Arbitrary<Split> = fc
  .record({
    steps: fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }),
    groups: fc.constantFrom(1, 2),
    placed: fc.boolean(),
    undrained: fc.constantFrom(-1, -1, -1, -1, -1, -1, -1, -1, 0, 1),
  })
  .map(({ steps, groups, placed, undrained }) => {
    const playing = new Play(placed, groups);
    for (const one of steps) playing.step(one);
    for (let group = 0; group < groups; group += 1) {
      if (group !== undrained) playing.history.drained(group);
    }
    return { events: playing.history.events, groups, placed };
  });

class Play {
  readonly history = new TransactionHistory();
  readonly #placed: boolean;
  readonly #groups: number;
  readonly #session = [20, 30];
  readonly #current: ({ readonly transaction: number; asked: boolean } | undefined)[] = [];
  #begun = 0;
  #outputs = 0;

  constructor(placed: boolean, groups: number) {
    this.#placed = placed;
    this.#groups = groups;
    for (const lane of [0, 1]) {
      for (let seq = 0; seq < inputs; seq += 1) this.history.send(lane, seq, 'ok', [lane, seq]);
    }
    for (const one of [0, 1]) this.history.open(this.#holder(one));
    for (const lane of [0, 1]) {
      for (let seq = 0; seq < inputs; seq += 1) this.#deliver(lane, lane, seq, 0);
    }
  }

  step(one: Step): void {
    switch (one.do) {
      case 'transform':
        this.history.reads(this.#open(one.who), one.lane, one.seq, 0, one.who + 2);
        if (one.carried >= 0) this.history.carries(this.#open(one.who), one.lane, one.carried);
        this.#write(one.who, 'ok', one.isSeen);
        return this.#end(one.who, 'commit', 'ok');
      case 'consume':
        this.history.reads(this.#open(one.who), one.lane, one.seq, 0, one.who + 2);
        return;
      case 'carry':
        this.history.carries(this.#open(one.who), one.scope, one.position);
        return;
      case 'write':
        return this.#write(one.who, one.outcome, one.isSeen);
      case 'end':
        return this.#end(one.who, one.end, one.answer);
      case 'deliver': {
        const agoNs = one.agoNs;
        const requested =
          agoNs === undefined ? {} : { requestedNs: Math.max(0, this.history.nowNs - agoNs) };
        return this.#deliver(one.who, one.lane, one.seq, one.isElsewhere ? 10 : 0, requested);
      }
      case 'output':
        return this.#output(Math.max(0, this.#outputs - 1 - one.back), one.what);
      default:
        return this.#move(one.who, one.what, one.scope, one.position);
    }
  }

  #holder(of: number): { readonly actor: number; readonly session: number } {
    return { actor: of + 2, session: this.#session[of] ?? 0 };
  }

  #deliver(
    of: number,
    lane: number,
    seq: number,
    further: number,
    more: { readonly requestedNs?: number } = {},
  ): void {
    const at = this.#placed ? { at: [lane, seq + further] as const } : {};
    this.history.deliver(lane, seq, { to: this.#holder(of), ...at, ...more });
  }

  #write(of: number, outcome: 'ok' | 'fail' | 'unknown' | 'open', isSeen: boolean): void {
    this.history.write(this.#open(of), outputLane, this.#outputs, { outcome });
    if (isSeen) this.#show(this.#outputs);
    this.#outputs += 1;
  }

  #show(seq: number): void {
    for (let group = 0; group < this.#groups; group += 1) {
      this.history.deliver(outputLane, seq, { to: { actor: 9, session: 90 + group }, group });
    }
  }

  #output(seq: number, what: 'deliver' | 'expire' | 'again'): void {
    if (seq >= this.#outputs) return;
    if (what === 'deliver') this.#show(seq);
    else if (what === 'again') this.history.write(0, outputLane, seq);
    else this.history.add({ kind: EventKind.expired, group: noGroup, lane: outputLane, seq });
  }

  /** A producer writes nothing more once it has asked for the end. */
  #open(of: number): number {
    const current = this.#current[of];
    if (current !== undefined && !current.asked) return current.transaction;
    this.#begun += 1;
    this.#current[of] = { transaction: this.#begun, asked: false };
    this.history.begin(this.#begun, { id: of, actor: of + 2 });
    return this.#begun;
  }

  #end(of: number, end: 'commit' | 'abort', answer: 'ok' | 'fail' | 'unknown'): void {
    const current = this.#current[of];
    if (current === undefined) return;
    current.asked = true;
    const owner = { id: of, actor: of + 2 };
    this.history.asks(current.transaction, end, owner);
    this.history.answers(current.transaction, end, answer, owner);
    if (answer === 'ok') this.#current[of] = undefined;
  }

  #move(of: number, what: 'open' | 'assign' | 'seek' | 'offset', scope: number, at: number): void {
    const holder = this.#holder(of);
    if (what === 'open') {
      this.history.close(holder);
      this.#session[of] = holder.session + 1;
      this.history.open(this.#holder(of));
    } else if (what === 'assign') {
      this.history.add({ kind: EventKind.assigned, ...holder, group: 0, scope });
    } else if (what === 'seek') {
      this.history.add({ kind: EventKind.seeked, ...holder, group: 0, scope });
    } else {
      const offset = { ...holder, group: 0, scope, positionMajor: at, flags: Flag.placed };
      this.history.add({ kind: EventKind.offsetCommitInvoke, ...offset });
      this.history.add({ kind: EventKind.offsetCommitSettled, ...offset, outcome: OutcomeCode.ok });
    }
  }
}
