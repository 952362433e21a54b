import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fauxqsProvisioner, sqliteProvisioner } from '../../../engines/aws/fauxqs.ts';
import { AwsCode } from '../../../engines/aws/outcomes.ts';
import type { Target } from '../../../engines/engine.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import engine from '../../../engines/sqs/engine.ts';
import type { SqsOptions } from '../../../engines/sqs/options.ts';
import { profiles } from '../../../engines/sqs/profiles.ts';
import { wire } from '../../../engines/sqs/wire.ts';
import type { Front } from '../aws/http-front.ts';
import { bringUp } from '../embedded/bring-up.ts';
import { swallowingProxy } from '../embedded/swallowing-proxy.ts';
import { LiveCell, numbered, outgoing, type Recorded, until } from '../live-cell.ts';
import { startFaultyFront } from './faulty-front.ts';

const standard: SqsOptions = profiles.standard.options;
const fifo: SqsOptions = profiles.fifo.options;

const inOrder = ({ results }: Recorded) =>
  [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result);

describe('how sends end on fauxqs', () => {
  let fauxqs: Provisioned;
  let front: Front;
  beforeAll(async () => {
    fauxqs = await bringUp(fauxqsProvisioner);
    front = await startFaultyFront(fauxqs.target.address);
  });
  afterAll(async () => {
    await front?.close();
    await fauxqs?.down();
  });

  const inCell = async (
    options: SqsOptions,
    body: (cell: LiveCell<SqsOptions>) => Promise<void>,
  ): Promise<void> => {
    const cell = await LiveCell.open(engine, fauxqs.target, options);
    try {
      await body(cell);
    } finally {
      await cell.close();
    }
  };
  const behindFront = (): Target => ({ ...fauxqs.target, address: front.address });

  test('each entry of a batch by its own answer: ok, fail for our fault, unknown for theirs', () =>
    inCell(standard, async (cell) => {
      const { producer, sink } = await cell.producer(behindFront());
      const bodies = ['a', 'REFUSE me', 'b', 'STUMBLE over me', 'THROTTLE me', 'FORGET me'];
      producer.send(bodies.map((body, ticket) => outgoing(ticket, body)));
      await producer.flush();
      expect(inOrder(sink).map(({ outcome, code }) => [outcome, code])).toEqual([
        ['ok', AwsCode.ok],
        ['fail', AwsCode.entryRefused],
        ['ok', AwsCode.ok],
        ['unknown', AwsCode.entryFailed],
        ['fail', AwsCode.throttled],
        ['unknown', AwsCode.notUnderstood],
      ]);
      // Of the last two kinds of unknown both were stored, of the two refused ones none.
      expect(await cell.open()).toBe(4);
    }));

  test('a call that is throttled is refused with its code, and what stands behind it is sent', () =>
    inCell(fifo, async (cell) => {
      const { producer, sink } = await cell.producer(behindFront());
      producer.send([outgoing(1, 'BUSY', { group: 'g' })]);
      await producer.flush();
      producer.send([outgoing(2, 'later', { group: 'g' })]);
      await producer.flush();
      expect(sink.results.get(1)).toMatchObject({ outcome: 'fail', code: AwsCode.throttled });
      expect(sink.results.get(2)).toMatchObject({ outcome: 'ok' });
      expect(sink.disconnections).toEqual([]);
      expect(await cell.open()).toBe(1);
    }));

  test('an error of the service says nothing: unknown, and here it was stored', () =>
    inCell(standard, async (cell) => {
      const { producer, sink } = await cell.producer(behindFront());
      producer.send([outgoing(1, 'BROKEN')]);
      await producer.flush();
      expect(sink.results.get(1)).toMatchObject({ outcome: 'unknown', code: AwsCode.serverError });
      expect(await cell.open()).toBe(1);
    }));

  test('a lost answer leaves the send unknown after one attempt, although the queue has it', () =>
    inCell(standard, async (cell) => {
      const [upstream] = fauxqs.upstreams;
      const proxy = await swallowingProxy(wire, upstream?.port ?? 0, 1);
      try {
        const { producer, sink } = await cell.producer({
          ...fauxqs.target,
          address: `http://${proxy.address}`,
        });
        producer.send([outgoing(1, 'stored')]);
        await until(() => sink.disconnections.length === 1);
        expect(proxy.swallowed()).toBe(1);
        expect(inOrder(sink)).toMatchObject([{ outcome: 'unknown', code: AwsCode.connectionLost }]);
        expect(await cell.open()).toBe(1);
        producer.send([outgoing(2, 'too late')]);
        await producer.flush();
        expect(sink.results.get(2)).toMatchObject({ outcome: 'fail', code: AwsCode.notConnected });
      } finally {
        proxy.close();
      }
    }));

  test.each([
    ['as-users-run-it', 2],
    ['fifo-as-users-run-it', 1],
  ] as const)(
    'with the client’s retries (%s) a lost answer is two attempts and ok, stored %i times',
    (profile, stored) =>
      inCell(profiles[profile].options, async (cell) => {
        const [upstream] = fauxqs.upstreams;
        const proxy = await swallowingProxy(wire, upstream?.port ?? 0, 1);
        try {
          const { producer, sink } = await cell.producer({
            ...fauxqs.target,
            address: `http://${proxy.address}`,
          });
          producer.send([outgoing(1, 'stored')]);
          await producer.flush();
          expect(proxy.swallowed()).toBe(1);
          expect(inOrder(sink)).toMatchObject([{ outcome: 'ok', code: AwsCode.ok, attempts: 2 }]);
          expect(sink.disconnections).toEqual([]);
          expect(await cell.open()).toBe(stored);
        } finally {
          proxy.close();
        }
      }),
  );

  test('of a message group, what waits behind a lost answer is held back', () =>
    inCell(fifo, async (cell) => {
      const [upstream] = fauxqs.upstreams;
      const proxy = await swallowingProxy(wire, upstream?.port ?? 0, 1);
      try {
        const { producer, sink } = await cell.producer({
          ...fauxqs.target,
          address: `http://${proxy.address}`,
        });
        for (const message of numbered(12)) producer.send([{ ...message, group: 'g' }]);
        await until(() => sink.disconnections.length === 1);
        const codes = inOrder(sink).map(({ code }) => code);
        expect(codes).toEqual([AwsCode.connectionLost, ...Array(11).fill(AwsCode.heldBack)]);
        expect(await cell.open()).toBe(1);
      } finally {
        proxy.close();
      }
    }));

  test('a service that stands still leaves the send unknown', () =>
    inCell({ ...standard, answerTimeoutMs: 2_000 }, async (cell) => {
      const { producer, sink } = await cell.producer();
      const pid = fauxqs.nodes[0]?.pid() ?? 0;
      process.kill(pid, 'SIGSTOP');
      try {
        producer.send([outgoing(1, 'meanwhile')]);
        await until(() => sink.disconnections.length === 1);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      expect(sink.results.get(1)).toMatchObject({ outcome: 'unknown', code: AwsCode.noAnswer });
    }));

  test('what the queue cannot carry is refused before any byte', () =>
    inCell(standard, async (cell) => {
      const { producer, sink } = await cell.producer();
      const headers = Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`h${n}`, 'v']));
      producer.send([
        outgoing(1, 'eleven attributes', { headers }),
        outgoing(2, 'an empty one', { headers: { empty: '' } }),
        outgoing(3, 'later than ever', { delayMs: 900_001 }),
        outgoing(4, 'to a group', { group: 'g' }),
      ]);
      await producer.flush();
      expect(inOrder(sink).map(({ code }) => code)).toEqual([
        AwsCode.unfit,
        AwsCode.unfit,
        AwsCode.unfit,
        AwsCode.unsupported,
      ]);
      expect(await cell.open()).toBe(0);
    }));

  test('what was acknowledged is there after a kill -9 and a restart, where it is kept', async () => {
    const kept = await bringUp(sqliteProvisioner);
    const cell = await LiveCell.open(engine, kept.target, standard);
    try {
      const { producer, sink } = await cell.producer();
      for (let from = 0; from < 2_000; from += 10) producer.send(numbered(10, from));
      await until(() => sink.results.size > 200);
      // However long the first of them took, these are under way.
      for (let from = 2_000; from < 4_000; from += 10) producer.send(numbered(10, from));
      const [node] = kept.nodes;
      await node?.kill();
      await until(() => sink.disconnections.length === 1);
      await node?.restart();
      const acknowledged = inOrder(sink).filter(({ outcome }) => outcome === 'ok').length;
      expect(acknowledged).toBeGreaterThan(200);
      expect(sink.results.size).toBe(4_000);
      expect(await cell.open()).toBeGreaterThanOrEqual(acknowledged);
    } finally {
      await cell.close();
      await kept.down();
    }
  });

  test('nobody listens: refused before any byte, and a session is not opened', async () => {
    const nowhere = { ...fauxqs.target, address: 'http://127.0.0.1:9' };
    await inCell(standard, async (cell) => {
      await expect(cell.producer(nowhere)).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
    });
  });
});
