import { afterAll, describe, expect, it } from 'vitest';
import { noAnswerCode } from '../../../harness/actors/role.ts';
import { EventKind, Flag, OutcomeCode } from '../../../harness/core/events.ts';
import { ceilingNs } from '../../../harness/measure/latency-recorder.ts';
import { Entry, readLog } from './fixtures/script.ts';
import {
  eventsOf,
  clearStage,
  linesOf,
  logOf,
  nowNs,
  openLoad,
  playProducer,
  producerSpec,
  spawn,
  until,
} from './stage.ts';

afterAll(clearStage);

describe('a producer', () => {
  it('sends every message of its timetable once, lanes dense and in turn, and writes each down before its outcome', async () => {
    const spec = producerSpec({});
    const { actor, report, events } = await playProducer(spec);
    const sent = readLog(logOf(spec), Entry.sent);
    expect(sent).toEqual(Array.from({ length: 100 }, (_, n) => [100 + (n % 4), n >> 2, 1]));
    const invoked = events.filter((event) => event.kind === EventKind.sendInvoke);
    expect(invoked.map(({ lane, seq, attempt }) => [lane, seq, attempt])).toEqual(sent);
    expect(invoked.every((event) => event.flags === Flag.finalAttempt)).toBe(true);
    expect(new Set(invoked.map((event) => event.ticket)).size).toBe(100);
    for (const [index, event] of events.entries()) {
      if (event.kind !== EventKind.sendSettled) continue;
      const before = events.findIndex(
        (other) => other.kind === EventKind.sendInvoke && other.ticket === event.ticket,
      );
      expect(before).toBeGreaterThanOrEqual(0);
      expect(before).toBeLessThan(index);
      expect(event.outcome).toBe(OutcomeCode.ok);
    }
    expect(actor.counters()).toMatchObject({ sent: 100, acknowledged: 100, unsettledSends: 0 });
    expect(report.publishResponse.count).toBe(100);
    expect(report.publishService.count).toBe(100);
    expect(report.dropped).toBe(0);
    expect(report.series.seconds.reduce((sum, second) => sum + second.sent, 0)).toBe(100);
  });

  it('intends every message at its instant of the timetable, however late it leaves', async () => {
    const spec = producerSpec({ producer: { blockMs: 60 } }, { load: openLoad(200, 2_000) });
    const { events } = await playProducer(spec);
    const intended = events
      .filter((event) => event.kind === EventKind.sendInvoke)
      .map((event) => event.auxNs);
    const start = intended[0] ?? 0;
    expect(intended.map((ns) => Math.round(ns - start))).toEqual(
      intended.map((_, k) => k * 500_000),
    );
  });

  it('opens and closes its session in the history, with its first session number', async () => {
    const { events } = await playProducer(producerSpec({}));
    expect(events[0]).toMatchObject({ kind: EventKind.sessionOpened, session: 400, actor: 9 });
    expect(events.at(-1)).toMatchObject({ kind: EventKind.sessionClosed, session: 400 });
  });

  it('routes a bucket to partition bucket mod scopes, by key, or not at all', async () => {
    const partition = producerSpec({}, { scopes: 3, load: openLoad(4) });
    await playProducer(partition);
    expect(readLog(logOf(partition), Entry.routed)).toEqual([0, 1, 2, 0].map((p) => [p, -1, 2]));
    const key = producerSpec({}, { routing: 'key', load: openLoad(4) });
    await playProducer(key);
    expect(readLog(logOf(key), Entry.routed)).toEqual([-1, -1, -1, -1].map((p) => [p, 2, 2]));
    const single = producerSpec({}, { routing: 'single', load: openLoad(1) });
    await playProducer(single);
    expect(readLog(logOf(single), Entry.routed)).toEqual([[-1, -1, 2]]);
  });

  it('never sends more in one call than its batch, the engine’s limit of messages or of bytes', async () => {
    for (const [changes, most] of [
      [{ batchMessages: 7 }, 7],
      [{ sendLimit: { messages: 3, bytes: 1_000_000 } }, 3],
      [{ sendLimit: { messages: 1_000, bytes: 96 * 5 + 10 } }, 5],
    ] as const) {
      const spec = producerSpec({}, { ...changes, load: openLoad(50, 1_000_000) });
      await playProducer(spec);
      const sizes = readLog(logOf(spec), Entry.batch).map(([size]) => size ?? 0);
      expect(Math.max(...sizes)).toBe(most);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(50);
    }
  });

  it('keeps a closed loop within its window and is never late in it', async () => {
    const spec = producerSpec(
      {},
      { load: { kind: 'closed', window: 6, messages: 60, warmupMessages: 10 }, batchMessages: 4 },
    );
    const { report, events } = await playProducer(spec);
    let open = 0;
    let most = 0;
    for (const event of events) {
      if (event.kind === EventKind.sendInvoke) open += 1;
      if (event.kind === EventKind.sendSettled) open -= 1;
      most = Math.max(most, open);
    }
    expect(most).toBe(6);
    expect(report.publishResponse.count).toBe(50);
    expect(report.lateness.maxNs).toBe(0);
  });

  it('catches up after the client held it: nothing is left out, and the wait counts as client-blocked', async () => {
    const spec = producerSpec({ producer: { blockMs: 80 } }, { load: openLoad(200, 2_000) });
    const { report } = await playProducer(spec);
    expect(readLog(logOf(spec), Entry.sent).length).toBe(200);
    expect(report.publishResponse.maxNs).toBeGreaterThanOrEqual(79e6);
    expect(report.clientBlocked.maxNs).toBeGreaterThanOrEqual(70e6);
    expect(report.dropped).toBe(0);
  });

  it('pauses while the client is not writable and counts the wait as client-blocked', async () => {
    const spec = producerSpec({ producer: { pushBackMs: 80 } }, { load: openLoad(200, 2_000) });
    const { report } = await playProducer(spec);
    expect(readLog(logOf(spec), Entry.sent).length).toBe(200);
    expect(report.clientBlocked.maxNs).toBeGreaterThanOrEqual(70e6);
  });

  it('drops what is overdue when told so: a drop is an endless response and leaves seqs dense', async () => {
    const spec = producerSpec(
      { producer: { blockMs: 100 } },
      {
        load: {
          kind: 'open',
          ratePerSecond: 2_000,
          messages: 400,
          warmupMessages: 0,
          late: 'drop',
        },
        batchMessages: 1,
      },
    );
    const { report } = await playProducer(spec);
    const sent = readLog(logOf(spec), Entry.sent);
    expect(report.dropped).toBeGreaterThan(100);
    expect(sent.length).toBe(400 - report.dropped);
    expect(sent).toEqual(sent.map((_, n) => [100 + (n % 4), n >> 2, 1]));
    expect(report.publishResponse.count).toBe(400);
    expect(report.publishResponse.maxNs).toBe(ceilingNs);
    expect(report.publishResponse.p99Ns).toBe(ceilingNs);
  });

  it('counts only what was answered ok towards latency', async () => {
    const outcomes = ['ok', 'fail', 'unknown', 'ok'] as const;
    const spec = producerSpec({ producer: { outcomes } }, { load: openLoad(4) });
    const { actor, report, events } = await playProducer(spec);
    expect(report.publishResponse.count).toBe(2);
    expect(actor.counters().acknowledged).toBe(2);
    const settled = events.filter((event) => event.kind === EventKind.sendSettled);
    expect(settled.map((event) => [event.outcome, event.code])).toEqual([
      [OutcomeCode.ok, 0],
      [OutcomeCode.fail, 7],
      [OutcomeCode.unknown, 7],
      [OutcomeCode.ok, 0],
    ]);
  });

  it('records what is still open after the settle timeout as unknown, once', async () => {
    const outcomes = ['ok', 'silent', 'silent', 'ok'] as const;
    const spec = producerSpec({ producer: { outcomes } }, { load: openLoad(4) });
    const { actor, events } = await playProducer(spec);
    const unknown = events.filter((event) => event.outcome === OutcomeCode.unknown);
    expect(unknown.map(({ lane, seq, code }) => [lane, seq, code])).toEqual([
      [101, 0, noAnswerCode],
      [102, 0, noAnswerCode],
    ]);
    expect(actor.counters().unsettledSends).toBe(0);
  });

  it('ends its timetable early when told to finish', async () => {
    const spec = producerSpec({}, { load: openLoad(1_000_000, 1_000) });
    const actor = await spawn(spec);
    actor.start(nowNs());
    await until(() => actor.counters().sent >= 20);
    actor.finish();
    const end = await actor.ended;
    expect(end.how).toBe('finished');
    expect(actor.counters().sent).toBeLessThan(10_000);
    expect(actor.counters().acknowledged).toBe(actor.counters().sent);
  });
});

describe('a producer that retries', () => {
  const retry = { by: 'harness', attempts: 3, pauseMs: 5 } as const;

  it('sends a message of unknown outcome again under the same identity, up to its attempts', async () => {
    const outcomes = ['unknown', 'unknown', 'unknown'] as const;
    const spec = producerSpec({ producer: { outcomes } }, { retry, load: openLoad(1) });
    const { events } = await playProducer(spec);
    expect(readLog(logOf(spec), Entry.sent)).toEqual([1, 2, 3].map((attempt) => [100, 0, attempt]));
    const invoked = events.filter((event) => event.kind === EventKind.sendInvoke);
    expect(invoked.map((event) => event.flags)).toEqual([0, 0, Flag.finalAttempt]);
    expect(new Set(invoked.map((event) => event.ticket)).size).toBe(3);
    expect(new Set(invoked.map((event) => event.auxNs)).size).toBe(1);
  });

  it('leaves definite failures alone', async () => {
    const spec = producerSpec({ producer: { outcomes: ['fail'] } }, { retry, load: openLoad(1) });
    await playProducer(spec);
    expect(readLog(logOf(spec), Entry.sent)).toEqual([[100, 0, 1]]);
  });

  it('reconnects after a disconnection and resends in the original order before anything new', async () => {
    const spec = producerSpec(
      { producer: { disconnectAfter: 25, outcomes: Array(25).fill('silent') }, refusals: 2 },
      { retry, load: openLoad(60), settleTimeoutMs: 20_000 },
    );
    const { actor, events } = await playProducer(spec);
    const sent = readLog(logOf(spec), Entry.sent);
    const lost = sent.findIndex(([, , attempt]) => attempt === 2);
    expect(lost).toBeGreaterThanOrEqual(25);
    const identity = ([lane, seq]: number[]): string => `${lane}:${seq}`;
    expect(sent.slice(lost, lost * 2).map(identity)).toEqual(sent.slice(0, lost).map(identity));
    expect(sent.slice(lost * 2).every(([, , attempt]) => attempt === 1)).toBe(true);
    expect(sent.length).toBe(60 + lost);
    expect(linesOf(events, 'session.opened', 'session.closed').length).toBe(4);
    const closed = events.find((event) => event.kind === EventKind.sessionClosed);
    const reopened = events.filter((event) => event.kind === EventKind.sessionOpened)[1];
    expect(closed?.session).toBe(400);
    // Two refused connections used two session numbers.
    expect(reopened?.session).toBe(403);
    expect(actor.counters()).toMatchObject({ sent: 60, acknowledged: 60, unsettledSends: 0 });
  });

  it('reconnects without resending when nobody retries', async () => {
    const spec = producerSpec(
      { producer: { disconnectAfter: 10, outcomes: Array(10).fill('silent') } },
      { load: openLoad(400, 1_000), settleTimeoutMs: 20_000 },
    );
    const { actor } = await playProducer(spec);
    expect(readLog(logOf(spec), Entry.connected).length).toBe(2);
    expect(readLog(logOf(spec), Entry.sent).length).toBe(400);
    expect(actor.counters().acknowledged).toBeLessThanOrEqual(390);
  });
});

describe('an engine that breaks its contract fails the producer', () => {
  it.each([
    ['settles a ticket twice', { settlesTwice: true }, /settled ticket/],
    ['throws from send', { throwsOnSend: true }, /send threw: send is broken/],
    [
      'disconnects with open tickets',
      {
        disconnectAfter: 5,
        keepsTicketsAtDisconnect: true,
        outcomes: Array<'silent'>(5).fill('silent'),
      },
      /disconnected with \d+ tickets unsettled/,
    ],
  ])('when it %s', async (_what, producer, message) => {
    const spec = producerSpec({ producer });
    await expect(playProducer(spec)).rejects.toMatchObject({
      code: 'ENGINE_BROKE_CONTRACT',
      message: expect.stringMatching(message),
    });
  });

  it('when it answers ok although its sends get no reply', async () => {
    await expect(playProducer(producerSpec({}, { sendReply: 'none' }))).rejects.toMatchObject({
      code: 'ENGINE_BROKE_CONTRACT',
    });
  });

  it('when something throws outside every call', async () => {
    const spec = producerSpec({ producer: { throwsLater: true } });
    await expect(playProducer(spec)).rejects.toMatchObject({
      code: 'ACTOR_FAILED',
      message: expect.stringContaining('the client lost its mind'),
    });
    expect(linesOf(eventsOf(spec.ring), 'send.invoke').length).toBeGreaterThan(0);
  });
});
