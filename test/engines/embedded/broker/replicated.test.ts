import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QueueSpec } from '../../../../engines/embedded/broker/queue-spec.ts';
import { defaultExchange } from '../../../../engines/embedded/broker/exchanges.ts';
import { RoutingBroker } from '../../../../engines/embedded/broker/routing-broker.ts';
import { BatchView, encodeBatch } from '../../../../engines/embedded/protocol/batch.ts';
import { Status } from '../../../../engines/embedded/protocol/protocol.ts';
import { keepsAll, type Rule } from '../../../../engines/embedded/rules.ts';
import { LateLog } from '../late-log.ts';
import { Bench } from './bench.ts';

/** A broker whose entries are committed when the test says so. */
class ReplicatedBench extends Bench {
  readonly log: LateLog;

  constructor(broken?: Rule) {
    super();
    this.log = new LateLog();
    this.broker = brokerOn(this.log, broken);
  }

  override pair(spec: Partial<QueueSpec> = {}): { exchange: number; queue: number } {
    this.log.commitsAtOnce = true;
    const pair = super.pair(spec);
    this.log.commitsAtOnce = false;
    return pair;
  }

  /** A message whose confirm may come later. */
  publishLater(exchange: number, body: string): { body: string; isAnswered: () => boolean } {
    const batch = BatchView.parse(
      encodeBatch([{ key: undefined, headers: undefined, body: Buffer.from(body) }]),
    );
    const request = { exchange, mandatory: false, persistent: true, priority: 0 };
    let isAnswered = false;
    this.broker.publish(request, batch, this.nowMs, () => {
      isAnswered = true;
    });
    return { body, isAnswered: () => isAnswered };
  }
}

function brokerOn(log: LateLog, broken?: Rule): RoutingBroker {
  return new RoutingBroker(log, {
    cacheBytes: 1_000,
    keeps: (rule) => (broken === undefined ? keepsAll(rule) : rule !== broken),
  });
}

/** The next leader, which has the first entries of the last one's log and has committed nothing yet. */
function successorOf(bench: ReplicatedBench, entries: number): LateLog {
  const log = new LateLog();
  const broker = brokerOn(log);
  for (const entry of bench.log.entries.slice(0, entries)) {
    broker.replay(entry, log.append([entry]));
  }
  broker.recovered((show) => log.when(entries - 1, 'committed', show));
  bench.broker = broker;
  return log;
}

const committed = { status: Status.ok, returned: [], refused: [] };

describe('a broker whose journal is replicated', () => {
  it('confirms what all in-sync replicas have stored, and hands it out then', () => {
    const bench = new ReplicatedBench();
    const { exchange, queue } = bench.pair();
    const hands = bench.hands(1, queue).grant(1);
    const { isAnswered } = bench.publishLater(exchange, 'a');
    expect(isAnswered()).toBe(false);
    bench.log.commit();
    expect([isAnswered(), hands.bodies]).toEqual([true, []]);
    bench.log.commit();
    expect(hands.bodies).toEqual(['a']);
  });

  it('confirms on the leader’s word where that is asked for, and hands out nothing on it', () => {
    const bench = new ReplicatedBench();
    const { exchange, queue } = bench.pair({ confirms: 'leader' });
    const hands = bench.hands(1, queue).grant(1);
    expect(bench.publish(exchange, ['a'])).toEqual(committed);
    expect(hands.bodies).toEqual([]);
  });

  it('asks for what the most careful of the queues asks for', () => {
    const bench = new ReplicatedBench();
    const { exchange } = bench.pair({ confirms: 'leader' });
    bench.bind(exchange, bench.pair({ confirms: 'majority' }).queue);
    expect(bench.publish(exchange, ['a'])).toBeUndefined();
  });

  it.each(['confirm-when-replicated', 'hand-out-when-replicated'] as const)(
    'is seen to break %s',
    (broken) => {
      const bench = new ReplicatedBench(broken);
      const { exchange, queue } = bench.pair();
      const hands = bench.hands(1, queue).grant(1);
      const confirmed = bench.publish(exchange, ['a']);
      bench.log.commit();
      expect([confirmed !== undefined, hands.bodies.length > 0]).toEqual([
        broken === 'confirm-when-replicated',
        broken === 'hand-out-when-replicated',
      ]);
    },
  );

  it('answers an acknowledgement when it is committed; before, the next leader hands out again, flagged', () => {
    const bench = new ReplicatedBench();
    const { exchange, queue } = bench.pair();
    const hands = bench.hands(1, queue).grant(1);
    bench.publish(exchange, ['a']);
    bench.log.commit();
    bench.log.commit();
    const before = bench.log.entries.length;
    expect(hands.settle('acknowledge', [1])).toBeUndefined();
    const log = successorOf(bench, before);
    log.commit();
    const next = bench.hands(2, queue).grant(1);
    log.commit();
    expect(next.got).toMatchObject([{ body: 'a', attempt: 2 }]);
  });
});

describe('the next leader', () => {
  it('shows what it found when that is committed, before what was published to it, and nothing twice', () => {
    const bench = new ReplicatedBench();
    const { exchange, queue } = bench.pair();
    bench.publish(exchange, ['a', 'b']);
    const log = successorOf(bench, bench.log.entries.length);
    const hands = bench.hands(1, queue).grant(10);
    bench.publish(exchange, ['c']);
    expect(bench.depth(queue)).toEqual({ ready: 3, inFlight: 0 });
    expect(hands.bodies).toEqual([]);
    log.commit();
    log.commit();
    expect(hands.bodies).toEqual(['a', 'b', 'c']);
    log.commit();
    expect(hands.bodies).toEqual(['a', 'b', 'c']);
  });

  it('counts what it has not shown yet towards the length of a queue', () => {
    const bench = new ReplicatedBench();
    const { exchange } = bench.pair({ maxLength: 2, overflow: 'reject-publish' });
    bench.publish(exchange, ['a', 'b']);
    successorOf(bench, bench.log.entries.length);
    expect(bench.publish(exchange, ['c'])).toMatchObject({ refused: [0] });
  });
});

describe('an exclusive queue', () => {
  it('is there at once, and not with the next leader, which gives back what is meant for it', () => {
    const bench = new ReplicatedBench();
    const queue = bench.queue({ name: 'mine', exclusive: true }, 1);
    const hands = bench.hands(1, queue).grant(1);
    const publish = () => {
      const letters = [{ body: 'answer', key: 'mine' }];
      return bench.publish(defaultExchange, letters, { mandatory: true });
    };
    expect(publish()).toBeUndefined();
    for (let commits = 0; commits < 2; commits += 1) bench.log.commit();
    expect(hands.bodies).toEqual(['answer']);
    successorOf(bench, bench.log.entries.length);
    expect(publish()).toEqual({ ...committed, returned: [0] });
  });
});

type Step =
  | { readonly do: 'publish' | 'grant' | 'commit' }
  | { readonly do: 'acknowledge' | 'requeue'; readonly which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom<Step>({ do: 'publish' }, { do: 'grant' }, { do: 'commit' }),
  fc.record({
    do: fc.constantFrom('acknowledge' as const, 'requeue' as const),
    which: fc.nat(20),
  }),
);

/** What clients know for certain of one life of a leader. */
class Known {
  readonly confirmed = new Set<string>();
  readonly delivered = new Set<string>();
  readonly acknowledged = new Set<string>();
  /** Told to the leader, with or without an answer. */
  readonly told = new Set<string>();

  play(bench: ReplicatedBench, exchange: number, queue: number, steps: readonly Step[]): void {
    const hands = bench.hands(1, queue);
    let bodies = 0;
    const confirmations: { body: string; isAnswered: () => boolean }[] = [];
    for (const one of steps) {
      switch (one.do) {
        case 'publish':
          confirmations.push(bench.publishLater(exchange, `m${(bodies += 1)}`));
          break;
        case 'grant':
          hands.grant(1);
          break;
        case 'commit':
          bench.log.commit();
          break;
        default: {
          const [got] = hands.got.splice(one.which % Math.max(1, hands.got.length), 1);
          if (got === undefined) break;
          this.delivered.add(got.body);
          if (one.do === 'requeue') hands.settle('requeue', [got.tag]);
          else this.#acknowledge(bench, hands.session, hands.id, got);
        }
      }
    }
    for (const { body } of hands.got) this.delivered.add(body);
    for (const { body, isAnswered } of confirmations) if (isAnswered()) this.confirmed.add(body);
  }

  #acknowledge(
    bench: ReplicatedBench,
    session: number,
    consumer: number,
    { tag, body }: { readonly tag: number; readonly body: string },
  ): void {
    this.told.add(body);
    bench.broker.settle(session, { consumer, tags: [tag], how: 'acknowledge' }, 0, () =>
      this.acknowledged.add(body),
    );
  }
}

function leaderDies(broken?: Rule) {
  return fc.property(fc.array(step, { maxLength: 60 }), fc.nat(1_000), (steps, more) => {
    const bench = new ReplicatedBench(broken);
    const { exchange, queue } = bench.pair();
    const known = new Known();
    known.play(bench, exchange, queue, steps);
    const { entries, committed: least } = bench.log;
    const log = successorOf(bench, least + (more % (entries.length - least + 1)));
    log.commit();
    const next = bench.hands(2, queue).grant(1_000);
    log.commit();
    const again = new Map(next.got.map(({ body, attempt }) => [body, attempt]));
    expect(again.size).toBe(next.got.length);
    for (const body of known.confirmed) expect(known.told.has(body) || again.has(body)).toBe(true);
    for (const body of known.acknowledged) expect(again.has(body)).toBe(false);
    for (const body of known.delivered) expect(again.get(body) ?? 2).toBeGreaterThan(1);
  });
}

describe('a leader that dies at any instant', () => {
  it('takes nothing that it has confirmed, undoes no settlement that it has answered, and hides no delivery', () => {
    fc.assert(leaderDies(), { numRuns: 300 });
  });

  it.each(['confirm-when-replicated', 'hand-out-when-replicated'] as const)(
    'is found out when it breaks %s',
    (broken) => {
      expect(fc.check(leaderDies(broken), { numRuns: 1_000, seed: 1 }).failed).toBe(true);
    },
  );
});
