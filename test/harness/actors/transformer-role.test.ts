import { afterAll, describe, expect, it } from 'vitest';
import type { TransformerActorSpec } from '../../../harness/actors/actor.ts';
import { EventKind, type EventRecord, Flag } from '../../../harness/core/events.ts';
import {
  type ConsumerScript,
  Entry,
  readLog,
  type Script,
  type ScriptedCopy,
} from './fixtures/script.ts';
import {
  clearStage,
  frozen,
  linesOf,
  logOf,
  payloadBytes,
  playTransformer,
  run,
  transformerSpec,
} from './stage.ts';

afterAll(clearStage);

const copy = (lane: number, seq: number): ScriptedCopy => ({ lane, seq });

function spec(
  batches: ConsumerScript['batches'],
  script: Partial<Script> = {},
  changes: Partial<TransformerActorSpec> = {},
): TransformerActorSpec {
  const consumer = { run, payloadBytes, ackReply: 'each', batches } as const;
  return transformerSpec({ consumer, ...script }, changes);
}

const inTransaction = {
  by: 'transaction',
  offsets: 'in-transaction',
  transactionalId: 'job-3',
  firstTransaction: 500,
} as const;
const apart = { ...inTransaction, offsets: 'offsets-apart' } as const;

const ended = (given: TransformerActorSpec, count: number) => (): boolean =>
  readLog(logOf(given), Entry.ended).length >= count;
const settled = (given: TransformerActorSpec, count: number) => (): boolean =>
  readLog(logOf(given), Entry.settled).length >= count;
const connected = (given: TransformerActorSpec, count: number) => (): boolean =>
  readLog(logOf(given), Entry.connected).length >= count;

const work = [
  'process.start',
  'process.done',
  'send.invoke',
  'send.settled',
  'effect.applied',
  'settle.invoke',
  'settle.settled',
  'tx.begin',
  'tx.read',
  'tx.end.invoke',
  'tx.end.settled',
  'commit.offset.invoke',
  'commit.offset.settled',
] as const;

const ofKind = (events: readonly EventRecord[], kind: EventKind): readonly EventRecord[] =>
  events.filter((event) => event.kind === kind);

describe('without transactions', () => {
  it('an output is sent and answered, then its input is settled', async () => {
    const given = spec([[copy(1, 7)]]);
    const { events } = await playTransformer(given, settled(given, 1));
    expect(linesOf(events, ...work)).toEqual([
      'process.start 1:7',
      'send.invoke 101:0',
      'send.settled 101:0 ok',
      'effect.applied 1:7 ok',
      'process.done 1:7',
      'settle.invoke 1:7',
      'settle.settled 1:7 ok',
    ]);
  });

  it('an output says of which input it was made, in its header and in the history', async () => {
    const given = spec([[copy(1, 7), copy(2, 9), copy(1, 8)]]);
    const { events } = await playTransformer(given, settled(given, 1));
    expect(readLog(logOf(given), Entry.sent)).toEqual([
      [101, 0, 1],
      [102, 0, 1],
      [101, 1, 1],
    ]);
    expect(readLog(logOf(given), Entry.parent)).toEqual([
      [1, 7, 0],
      [2, 9, 0],
      [1, 8, 0],
    ]);
    const sends = ofKind(events, EventKind.sendInvoke);
    expect(sends.map(({ positionMajor, positionMinor }) => [positionMajor, positionMinor])).toEqual(
      [
        [1, 7],
        [2, 9],
        [1, 8],
      ],
    );
    expect(sends.every(({ flags }) => (flags & Flag.derived) !== 0)).toBe(true);
  });

  it('an output is due when its input was, and of the warm-up as its input is', async () => {
    const given = spec([
      [
        { ...copy(1, 7), intendedNs: 42e6, warmup: true },
        { ...copy(2, 9), intendedNs: 43e6 },
      ],
    ]);
    await playTransformer(given, settled(given, 1));
    expect(readLog(logOf(given), Entry.due)).toEqual([
      [42, 1, 0],
      [43, 0, 0],
    ]);
  });

  it('an output that was not answered well settles nothing, and the session begins anew', async () => {
    const producer = { outcomes: ['ok', 'fail'] } as const;
    const batches = [[copy(1, 0), copy(2, 0)], [copy(1, 1)]];
    const given = spec(batches, { producer }, { prefetch: 2 });
    const { events } = await playTransformer(given, settled(given, 1));
    expect(linesOf(events, 'settle.invoke')).toEqual(['settle.invoke 1:1']);
    expect(linesOf(events, 'effect.applied')).toEqual([
      'effect.applied 1:0 ok',
      'effect.applied 1:1 ok',
    ]);
    expect(linesOf(events, 'process.done')).toEqual(['process.done 1:0', 'process.done 1:1']);
    expect(readLog(logOf(given), Entry.connected)).toHaveLength(2);
  });

  it('an output of unknown outcome is repeated where the profile leaves that to the harness', async () => {
    const producer = { outcomes: ['unknown', 'unknown'] } as const;
    const retry = { by: 'harness', attempts: 3, pauseMs: 1 } as const;
    const given = spec([[copy(1, 0)]], { producer }, { retry });
    await playTransformer(given, settled(given, 1));
    expect(readLog(logOf(given), Entry.sent)).toEqual([
      [101, 0, 1],
      [101, 0, 2],
      [101, 0, 3],
    ]);
    expect(readLog(logOf(given), Entry.connected)).toHaveLength(1);
  });

  it('settled first, only what certainly is settled becomes an output', async () => {
    const consumption = 'settle-before-processing';
    const consumer = { run, payloadBytes, ackReply: 'each' } as const;
    const batches = [[copy(1, 0)], [copy(2, 0)]];
    const script = { consumer: { ...consumer, batches, settlements: ['fail'] } } as const;
    const given = transformerSpec(script, { consumption });
    const { events } = await playTransformer(given, settled(given, 2));
    expect(linesOf(events, 'settle.settled', 'send.invoke')).toEqual([
      'settle.settled 1:0 fail',
      'settle.settled 2:0 ok',
      'send.invoke 102:0',
    ]);
  });

  it('automatic: every copy becomes an output, nothing is settled, and nothing stays in hand', async () => {
    const given = spec([[copy(1, 0)], [copy(2, 0)]], {}, { consumption: 'automatic' });
    const isSent = (): boolean => readLog(logOf(given), Entry.sent).length >= 2;
    const { events, actor } = await playTransformer(given, isSent);
    expect(linesOf(events, 'settle.invoke')).toEqual([]);
    expect(actor.counters().settled).toBe(2);
  });

  it('a crash that is aimed at one half finds outputs that stand and inputs that nobody settled', async () => {
    const given = spec([[copy(1, 0), copy(2, 0)]]);
    const actor = await frozen(given, 2);
    await actor.crash();
    expect(actor.counters().halfTransformed).toBe(2);
    expect(readLog(logOf(given), Entry.sent)).toHaveLength(2);
    expect(readLog(logOf(given), Entry.settled)).toEqual([]);
  });
});

describe('in a transaction', () => {
  it('outputs and offsets stand between its begin and its commit, and nothing is settled besides', async () => {
    const given = spec([[copy(1, 7)]], {}, { transform: inTransaction });
    const { events, actor } = await playTransformer(given, ended(given, 1));
    expect(linesOf(events, ...work)).toEqual([
      'process.start 1:7',
      'tx.begin',
      'tx.read 1:7',
      'send.invoke 101:0',
      'send.settled 101:0 ok',
      'commit.offset.invoke',
      'commit.offset.settled ok',
      'tx.end.invoke',
      'tx.end.settled ok',
      'effect.applied 1:7 ok',
      'process.done 1:7',
    ]);
    expect(readLog(logOf(given), Entry.parent)).toEqual([[1, 7, 500]]);
    const [offset] = ofKind(events, EventKind.offsetCommitSettled);
    expect(offset).toMatchObject({ scope: 1, positionMajor: 8, seq: 500, group: 1 });
    expect(actor.counters()).toMatchObject({ settled: 1, halfTransformed: 0 });
  });

  it('the id is taken over before any position is read, and its number and epoch are written down', async () => {
    const given = spec([[copy(1, 0)], [copy(1, 1)]], {}, { transform: inTransaction });
    const { events } = await playTransformer(given, ended(given, 2));
    const order = events
      .filter(({ kind }) => kind === EventKind.transactionInit || kind === EventKind.deliver)
      .map(({ kind }) => kind);
    expect(order[0]).toBe(EventKind.transactionInit);
    expect(ofKind(events, EventKind.transactionInit)).toMatchObject([{ scope: 3, seq: 400 }]);
    expect(ofKind(events, EventKind.transactionBegin)).toMatchObject([
      { ref: 500, scope: 3, seq: 400 },
      { ref: 501, scope: 3, seq: 400 },
    ]);
    // The transaction that fences is the first that is used.
    expect(readLog(logOf(given), Entry.begun)).toHaveLength(2);
  });

  it.each([
    ['an output was refused', { producer: { outcomes: ['fail'] } }],
    ['the offsets were refused', { transactions: { includes: ['fail'] } }],
  ] as const)('%s: it is aborted, and the session begins anew', async (_, script) => {
    const changes = { transform: inTransaction, prefetch: 1 };
    const given = spec([[copy(1, 0)], [copy(1, 1)]], script, changes);
    const { events } = await playTransformer(given, ended(given, 2));
    expect(readLog(logOf(given), Entry.ended).map(([how]) => how)).toEqual([0, 1]);
    expect(linesOf(events, 'process.done')).toEqual(['process.done 1:1']);
    expect(readLog(logOf(given), Entry.connected)).toHaveLength(2);
  });

  it('a commit whose outcome nobody knows leaves the effect unknown, and the next session fences it', async () => {
    const transactions = { commits: ['unknown'] } as const;
    const given = spec([[copy(1, 0)]], { transactions }, { transform: inTransaction });
    const { events } = await playTransformer(given, connected(given, 2));
    expect(linesOf(events, 'effect.applied', 'process.done')).toEqual([
      'effect.applied 1:0 unknown',
    ]);
    const inits = ofKind(events, EventKind.transactionInit);
    expect(inits.map(({ seq }) => seq)).toEqual([400, 401]);
  });

  it('a crash that is aimed at one half finds outputs in a transaction that is still open', async () => {
    const given = spec([[copy(1, 0)]], {}, { transform: inTransaction });
    const actor = await frozen(given, 1);
    await actor.crash();
    expect(readLog(logOf(given), Entry.sent)).toHaveLength(1);
    expect(readLog(logOf(given), Entry.ended)).toEqual([]);
  });

  it('one that stood still in its transaction goes on where it stood, and leaves when it was told to meanwhile', async () => {
    const given = spec([[copy(1, 0)], [copy(1, 1)]], {}, { transform: inTransaction });
    const actor = await frozen(given, 1);
    expect(readLog(logOf(given), Entry.ended)).toEqual([]);
    actor.finish();
    actor.thaw();
    expect((await actor.ended).how).toBe('finished');
    expect(actor.counters().isFrozen).toBe(false);
    expect(readLog(logOf(given), Entry.ended).length).toBeGreaterThan(0);
  });

  it('with the offsets apart, its input is settled after the commit, and not in it', async () => {
    const given = spec([[copy(1, 7)]], {}, { transform: apart });
    const { events } = await playTransformer(given, settled(given, 1));
    expect(linesOf(events, ...work)).toEqual([
      'process.start 1:7',
      'tx.begin',
      'send.invoke 101:0',
      'send.settled 101:0 ok',
      'tx.end.invoke',
      'tx.end.settled ok',
      'effect.applied 1:7 ok',
      'process.done 1:7',
      'settle.invoke 1:7',
      'settle.settled 1:7 ok',
    ]);
    expect(readLog(logOf(given), Entry.included)).toEqual([]);
  });
});

it('copies that are no messages of the cell are settled and make no output', async () => {
  const batches = [[copy(1, 0), { lane: 1, seq: 1, damage: 'foreign-run' } as const]];
  const given = spec(batches);
  await playTransformer(given, settled(given, 1));
  expect(readLog(logOf(given), Entry.sent)).toHaveLength(1);
  expect(readLog(logOf(given), Entry.settled).map(([, copies]) => copies)).toEqual([2]);
});

it('a lost connection drops what is in hand, and another session goes on', async () => {
  const consumer = { run, payloadBytes, ackReply: 'each', disconnectAfterBatch: 0 } as const;
  const batches = [[copy(1, 0)], [copy(1, 1)]];
  const given = transformerSpec({ consumer: { ...consumer, batches } }, { workMs: 30 });
  const { events } = await playTransformer(given, settled(given, 1));
  expect(linesOf(events, 'send.invoke')).toEqual(['send.invoke 101:0']);
  expect(linesOf(events, 'settle.invoke')).toEqual(['settle.invoke 1:1']);
});
