import { describe, expect, it } from 'vitest';
import type { Backlog, SubscriptionSpec } from '../../../engines/engine.ts';
import { EventKind } from '../../../harness/core/events.ts';
import { type Drainable, drain } from '../../../harness/run/drain.ts';

const lookNs = 500e6;

interface Told {
  readonly backlog?: Backlog;
  readonly leaseMs?: number;
  /** Looks after which one more message arrives. */
  readonly lateAtLook?: number;
  readonly subscriptions?: readonly SubscriptionSpec[];
}

/** A stage on which half a second passes with every look, and what its drain wrote down. */
async function drained({
  backlog = { by: 'quiescence' },
  leaseMs = 0,
  lateAtLook = -1,
  subscriptions = [{ name: 'g', destination: 0 }],
}: Told) {
  let looks = 0;
  let nowNs = 0;
  const completed: number[] = [];
  const stage: Drainable = {
    environment: { clock: { nowNs: () => nowNs }, signal: new AbortController().signal },
    cell: { scenario: { workload: { drainTimeoutMs: 20_000 } } },
    administration: {
      backlog: async () => {
        looks += 1;
        nowNs += lookNs;
        return backlog;
      },
    },
    deployed: {
      topology: { destinations: [], subscriptions },
      effective: [],
      settings: {},
    },
    history: {
      longestLeaseMs: leaseMs,
      collector: {
        append: ({ kind, timeNs }) => {
          if (kind === EventKind.drainComplete) completed.push(timeNs);
        },
      },
      positions: { reached: () => undefined },
    },
    troupe: {
      livingReaders: () => [
        {
          counters: () => ({
            delivered: lateAtLook >= 0 && looks >= lateAtLook ? 8 : 7,
            unsettledDeliveries: 0,
          }),
          fence: async () => true,
        },
      ],
    },
  };
  const { complete, by } = await drain(stage);
  const [first = 0, last = first] = completed.map((timeNs) => timeNs / 1e6);
  return { complete, by, quietForMs: first, lastForMs: last - first };
}

describe('a subscription of which nobody tells the backlog', () => {
  it('is drained when nothing came for two seconds', async () => {
    const { complete, by, quietForMs } = await drained({});
    expect({ complete, by }).toEqual({ complete: true, by: 'nothing delivered for 2 s' });
    expect(quietForMs).toBeGreaterThan(2_000);
    expect(quietForMs).toBeLessThan(5_000);
  });

  it('is waited for anew after each message', async () => {
    const { quietForMs } = await drained({ lateAtLook: 3 });
    expect(quietForMs).toBeGreaterThan(3_500);
  });

  it('may hold what is leased to the dead, so that its longest lease is waited for besides', async () => {
    const { complete, by, quietForMs } = await drained({ leaseMs: 8_000 });
    expect({ complete, by }).toEqual({ complete: true, by: 'nothing delivered for 10 s' });
    expect(quietForMs).toBeGreaterThan(10_000);
  });
});

it('an empty queue is drained at once, whatever its leases', async () => {
  const backlog: Backlog = { by: 'exact-depth', ready: 0, inFlight: 0 };
  const { complete, quietForMs } = await drained({ backlog, leaseMs: 8_000 });
  expect(complete).toBe(true);
  expect(quietForMs).toBeLessThan(5_000);
});

it('an empty queue of dead letters is drained when none came for two seconds: some may be on their way', async () => {
  const empty: Backlog = { by: 'exact-depth', ready: 0, inFlight: 0 };
  const { complete, quietForMs, lastForMs } = await drained({
    backlog: empty,
    subscriptions: [
      { name: 'g', destination: 0, deliveryLimit: { deliveries: 3, deadLetters: 1 } },
      { name: 'dead', destination: 1 },
    ],
  });
  expect(complete).toBe(true);
  expect(quietForMs).toBeLessThan(2_000);
  expect(lastForMs).toBeGreaterThan(2_000);
});
