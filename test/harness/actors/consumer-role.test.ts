import { afterAll, describe, expect, it } from 'vitest';
import type { ConsumerActorSpec } from '../../../harness/actors/actor.ts';
import {
  CorruptionCode,
  EventKind,
  Flag,
  noLane,
  OutcomeCode,
} from '../../../harness/core/events.ts';
import { type ConsumerScript, Entry, readLog, type ScriptedCopy } from './fixtures/script.ts';
import {
  consumerSpec,
  clearStage,
  linesOf,
  logOf,
  payloadBytes,
  playConsumer,
  run,
} from './stage.ts';

afterAll(clearStage);

const copy = (lane: number, seq: number, more: Partial<ScriptedCopy> = {}): ScriptedCopy => ({
  lane,
  seq,
  ...more,
});

function spec(
  script: Partial<ConsumerScript>,
  changes: Partial<ConsumerActorSpec> = {},
): ConsumerActorSpec {
  const consumer = { run, payloadBytes, ackReply: 'each', batches: [], ...script } as const;
  return consumerSpec({ consumer }, changes);
}

const work = [
  'deliver',
  'settle.invoke',
  'settle.settled',
  'process.start',
  'process.done',
] as const;

describe('a consumer’s policy decides which events come in which order', () => {
  const batches = [[copy(1, 0), copy(2, 0)], [copy(1, 1)]];

  it('automatic: copies are processed and nothing is settled', async () => {
    const given = spec({ batches }, { consumption: 'automatic', workMs: 3 });
    const { events, actor } = await playConsumer(given, 3);
    expect(linesOf(events, ...work)).toEqual([
      'deliver 1:0',
      'deliver 2:0',
      'process.start 1:0',
      'process.start 2:0',
      'deliver 1:1',
      'process.done 1:0',
      'process.done 2:0',
      'process.start 1:1',
      'process.done 1:1',
    ]);
    expect(readLog(logOf(given), Entry.settled)).toEqual([]);
    expect(actor.counters()).toMatchObject({ delivered: 3, settled: 3, unsettledDeliveries: 0 });
  });

  it('settle-before-processing: nothing is processed before its settlement is confirmed', async () => {
    const given = spec(
      { batches: [[copy(1, 0), copy(2, 0)]] },
      { consumption: 'settle-before-processing', workMs: 3 },
    );
    const { events } = await playConsumer(given, 2);
    expect(linesOf(events, ...work)).toEqual([
      'deliver 1:0',
      'deliver 2:0',
      'settle.invoke 1:0',
      'settle.invoke 2:0',
      'settle.settled 1:0 ok',
      'settle.settled 2:0 ok',
      'process.start 1:0',
      'process.start 2:0',
      'process.done 1:0',
      'process.done 2:0',
    ]);
  });

  it('settle-before-processing: what was not certainly settled is not processed', async () => {
    const given = spec(
      { batches: [[copy(1, 0)], [copy(1, 1)]], settlements: ['unknown', 'ok'] },
      { consumption: 'settle-before-processing', workMs: 1 },
    );
    const { events } = await playConsumer(given, 2);
    expect(linesOf(events, 'process.start')).toEqual(['process.start 1:1']);
    expect(linesOf(events, 'settle.settled')).toEqual([
      'settle.settled 1:0 unknown',
      'settle.settled 1:1 ok',
    ]);
  });

  it('settle-after-processing: nothing is settled before its work is done', async () => {
    const given = spec({ batches: [[copy(1, 0), copy(2, 0)]] }, { workMs: 3 });
    const { events, actor } = await playConsumer(given, 2);
    expect(linesOf(events, ...work)).toEqual([
      'deliver 1:0',
      'deliver 2:0',
      'process.start 1:0',
      'process.start 2:0',
      'process.done 1:0',
      'process.done 2:0',
      'settle.invoke 1:0',
      'settle.invoke 2:0',
      'settle.settled 1:0 ok',
      'settle.settled 2:0 ok',
    ]);
    expect(actor.counters()).toMatchObject({ delivered: 2, settled: 2, unsettledDeliveries: 0 });
  });

  it('works in order, taking up at once all that came while it was busy', async () => {
    const given = spec({ batches: [[copy(1, 0)], [copy(1, 1)], [copy(1, 2)]] }, { workMs: 5 });
    const { events } = await playConsumer(given, 3);
    expect(linesOf(events, 'process.start', 'process.done')).toEqual(
      ['start 1:0', 'done 1:0', 'start 1:1', 'start 1:2', 'done 1:1', 'done 1:2'].map(
        (step) => `process.${step}`,
      ),
    );
  });
});

describe('a consumer settles', () => {
  const many = [Array.from({ length: 25 }, (_, seq) => copy(1, seq))];

  it('in calls of at most the engine’s limit, each with a ticket of its own', async () => {
    const given = spec({ batches: many }, { settleLimit: { messages: 10, bytes: 1_000 } });
    await playConsumer(given, 25);
    expect(readLog(logOf(given), Entry.settled).map(([, count]) => count)).toEqual([10, 10, 5]);
    const tickets = readLog(logOf(given), Entry.settled).map(([ticket]) => ticket);
    expect(new Set(tickets).size).toBe(3);
  });

  it('with a fence where acks have no reply: ok comes after the fence, and is marked', async () => {
    const given = spec({ batches: many, ackReply: 'fence' });
    const { events, actor } = await playConsumer(given, 25);
    const settled = events.filter((event) => event.kind === EventKind.settleSettled);
    expect(settled.length).toBe(25);
    expect(
      settled.every((e) => e.outcome === OutcomeCode.ok && (e.flags & Flag.fenced) !== 0),
    ).toBe(true);
    const fences = readLog(logOf(given), Entry.fenced).length;
    expect(fences).toBeGreaterThan(0);
    expect(fences).toBeLessThanOrEqual(2);
    expect(actor.counters()).toMatchObject({ settled: 25, unsettledDeliveries: 0 });
  });

  it('as unknown at once where nothing proves a settlement', async () => {
    const given = spec({ batches: [[copy(1, 0)]], ackReply: 'none' });
    const { events } = await playConsumer(given, 1);
    expect(linesOf(events, 'settle.settled')).toEqual(['settle.settled 1:0 unknown']);
  });

  it('keeps its prefetch open: permits come back for every copy that was worked on', async () => {
    const batches = Array.from({ length: 30 }, (_, seq) => [copy(1, seq)]);
    const given = spec({ batches }, { prefetch: 3 });
    await playConsumer(given, 30);
    const requested = readLog(logOf(given), Entry.requested).map(([permits]) => permits ?? 0);
    expect(requested[0]).toBe(3);
    expect(requested.reduce((sum, permits) => sum + permits, 0)).toBeLessThanOrEqual(33);
    expect(readLog(logOf(given), Entry.consumerClosed).length).toBe(1);
  });
});

describe('a delivered copy', () => {
  it('is written down with its flags, place, request instant and group', async () => {
    const given = spec({
      batches: [
        [copy(5, 7, { redelivered: true, attempt: 3 }), copy(6, 0, { redelivered: false })],
      ],
    });
    const { events, report } = await playConsumer(given, 2);
    const [first, second] = events.filter((event) => event.kind === EventKind.deliver);
    expect(first).toMatchObject({
      lane: 5,
      seq: 7,
      attempt: 3,
      group: 1,
      session: 400,
      scope: 1,
      positionMajor: 7,
      flags: Flag.redelivered | Flag.flagKnown | Flag.placed | Flag.pulled,
    });
    expect(first?.auxNs).toBeGreaterThan(0);
    expect(first?.auxNs).toBeLessThanOrEqual(first?.timeNs ?? 0);
    expect(second).toMatchObject({ flags: Flag.flagKnown | Flag.placed | Flag.pulled, attempt: 0 });
    expect(report.endToEndResponse.count, 'redeliveries are left out of the latency').toBe(1);
  });

  it('carries no request instant when it was pushed, and no flag knowledge when the engine has none', async () => {
    const { events } = await playConsumer(spec({ batches: [[copy(1, 0)]], push: true }), 1);
    const delivered = events.find((event) => event.kind === EventKind.deliver);
    expect(delivered).toMatchObject({ auxNs: -1, flags: Flag.placed });
  });

  it('of the warm-up is left out of the latency', async () => {
    const batches = [[copy(1, 0, { warmup: true }), copy(1, 1)]];
    const { report } = await playConsumer(spec({ batches }), 2);
    expect(report.endToEndResponse.count).toBe(1);
  });

  it('that is damaged is reported with what is wrong, and settled so that it does not come back', async () => {
    const damages = [
      ['body', CorruptionCode.body, 1],
      ['length', CorruptionCode.length, 1],
      ['checksum', CorruptionCode.checksum, noLane],
      ['not-a-message', CorruptionCode.header, noLane],
      ['short', CorruptionCode.length, noLane],
      ['foreign-run', CorruptionCode.foreignRun, noLane],
    ] as const;
    const given = spec({ batches: [damages.map(([damage], seq) => copy(1, seq, { damage }))] });
    const { events, actor } = await playConsumer(given, damages.length);
    const reported = events.filter((event) => event.kind === EventKind.corrupted);
    expect(reported.map(({ detail, lane }) => [detail, lane])).toEqual(
      damages.map(([, detail, lane]) => [detail, lane]),
    );
    expect(linesOf(events, 'deliver'), 'identified copies count as delivered').toEqual([
      'deliver 1:0',
      'deliver 1:1',
    ]);
    expect(linesOf(events, 'settle.invoke')).toEqual(['settle.invoke 1:0', 'settle.invoke 1:1']);
    expect(readLog(logOf(given), Entry.settled).map(([, count]) => count)).toEqual([6]);
    expect(actor.counters().unsettledDeliveries).toBe(0);
  });
});

describe('a consumer that loses its session', () => {
  it('reconnects under a new session number, and what it held is neither settled nor worked on', async () => {
    const given = consumerSpec(
      {
        refusals: 1,
        consumer: {
          run,
          payloadBytes,
          ackReply: 'each',
          batches: [[copy(1, 0), copy(1, 1)], [copy(1, 0, { redelivered: true })]],
          disconnectAfterBatch: 0,
        },
      },
      { workMs: 20 },
    );
    const { events, actor } = await playConsumer(given, 3);
    const kinds = ['session.opened', 'session.closed', 'deliver', 'settle.invoke'];
    expect(linesOf(events, ...kinds)).toEqual([
      'session.opened',
      'deliver 1:0',
      'deliver 1:1',
      'session.closed',
      'session.opened',
      'deliver 1:0',
      'settle.invoke 1:0',
      'session.closed',
    ]);
    const sessions = events.filter((event) => event.kind === EventKind.deliver);
    expect(sessions.map((event) => event.session)).toEqual([400, 400, 402]);
    expect(actor.counters()).toMatchObject({ delivered: 3, settled: 1, unsettledDeliveries: 0 });
  });

  it('records settlements without an answer as unknown', async () => {
    const given = spec(
      { batches: [[copy(1, 0)], [copy(1, 1)]], disconnectAfterBatch: 1, ackReply: 'fence' },
      { consumption: 'settle-before-processing' },
    );
    const { events } = await playConsumer(given, 2);
    const outcomes = events.filter((event) => event.kind === EventKind.settleSettled);
    expect(outcomes.every((event) => event.outcome === OutcomeCode.unknown)).toBe(true);
  });

  it('still processes what the broker forgot when it handed it out', async () => {
    const given = spec(
      { batches: [[copy(1, 0)], [copy(1, 1)]], disconnectAfterBatch: 1 },
      { consumption: 'automatic', workMs: 10 },
    );
    const { events } = await playConsumer(given, 2);
    expect(linesOf(events, 'process.done')).toEqual(['process.done 1:0', 'process.done 1:1']);
  });
});

describe('a consumer in a group', () => {
  it('writes assignments down, and gives scopes up only after its work is settled', async () => {
    const given = spec({ batches: [[copy(0, 0)], [copy(3, 0)]], rebalances: true }, { workMs: 5 });
    const { events } = await playConsumer(given, 2);
    const assigned = events.filter((event) => event.kind === EventKind.assigned);
    expect(assigned.map(({ scope, ref, session }) => [scope, ref, session])).toEqual([
      [0, 5, 400],
      [3, 5, 400],
    ]);
    const revoked = events.findIndex((event) => event.kind === EventKind.revoked);
    const settled = events.findLastIndex((event) => event.kind === EventKind.settleSettled);
    expect(settled).toBeGreaterThan(0);
    expect(revoked).toBeGreaterThan(settled);
  });
});
