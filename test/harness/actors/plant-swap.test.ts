import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Consumer, ConsumerSink, Delivery } from '../../../engines/engine.ts';
import { SwapInLane } from '../../../harness/actors/plant-swap.ts';
import { emptyHeader, headerBytes, writeHeader } from '../../../harness/core/message-header.ts';
import { randomFrom } from '../../../harness/core/random.ts';

/** The plant's timers are the test's: nothing here waits for real time. */
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** All that was begun is answered, and then `ms` go by. */
async function pass(ms: number): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
  vi.advanceTimersByTime(ms);
}

function copyOf(lane: number, seq: number): Delivery {
  const body = Buffer.alloc(headerBytes);
  writeHeader(body, { ...emptyHeader(), lane, seq });
  const none = { key: undefined, place: undefined, headers: undefined, requestedNs: 0 };
  return { ...none, body, attempt: 1, redelivered: false, leaseMs: 5_000, token: seq };
}

/** Hands out the next message of its one group when the one before is settled, beside one of another group. */
class OneAtATime implements Consumer {
  readonly settled: unknown[] = [];
  readonly #sink: ConsumerSink;
  readonly #messages: number;
  #next = 0;

  constructor(sink: ConsumerSink, messages: number) {
    this.#sink = sink;
    this.#messages = messages;
  }

  request(): void {
    this.#deliver();
  }

  settle(ticket: number, of: readonly Delivery[]): void {
    this.settled.push(...of.map(({ token }) => token));
    setImmediate(() => {
      for (const index of of.keys()) this.#sink.settled(ticket, index, 'ok', 0);
      if (of.some(({ token }) => token === this.#next - 1)) this.#deliver();
    });
  }

  async close(): Promise<void> {}

  #deliver(): void {
    if (this.#next === this.#messages) return;
    const beside = copyOf(1, 1_000 + this.#next);
    this.#sink.deliver([copyOf(0, this.#next), beside]);
    this.#next += 1;
  }
}

test('where the next of a lane waits for a settlement, it is swapped all the same, and all is settled once', async () => {
  const messages = 4;
  const seen: unknown[] = [];
  const answered = new Map<number, number[]>();
  const held: Delivery[] = [];
  const sink = {
    deliver: (batch: readonly Delivery[]) => {
      seen.push(...batch.map(({ token }) => token));
      held.push(...batch);
    },
    settled: (ticket: number, index: number) =>
      void answered.set(ticket, [...(answered.get(ticket) ?? []), index]),
  } as unknown as ConsumerSink;
  const soil = {
    spec: { consumption: 'settle-after-processing', ackReply: 'each', prefetch: 10 },
    clock: { nowNs: () => 0 },
    random: randomFrom(1),
  } as unknown as ConstructorParameters<typeof SwapInLane>[0];
  const plant = new SwapInLane(soil, sink, 1);
  const inner = new OneAtATime(plant.sink, messages);
  plant.attach(inner);
  plant.request(10);
  for (let ticket = 0; seen.length < 2 * messages; ticket += 1) {
    await pass(20);
    const of = held.splice(0);
    if (of.length > 0) plant.settle(ticket, of, { how: 'acknowledge' });
  }
  const last = held.splice(0);
  if (last.length > 0) plant.settle(99, last, { how: 'acknowledge' });
  await pass(20);
  const lane = seen.filter((token) => Number(token) < 1_000);
  expect(lane.slice(0, 2)).toEqual([1, 0]);
  expect(new Set(lane).size).toBe(messages);
  expect(inner.settled).toHaveLength(2 * messages);
  expect(new Set(inner.settled).size).toBe(2 * messages);
  const answers = [...answered.values()].flat().length;
  expect(answers).toBe(2 * messages);
});
