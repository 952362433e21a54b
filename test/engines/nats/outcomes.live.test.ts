import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NatsCode } from '../../../engines/nats/outcomes.ts';
import { profiles } from '../../../engines/nats/profiles.ts';
import { wire } from '../../../engines/nats/wire.ts';
import { swallowingProxy } from '../embedded/swallowing-proxy.ts';
import { LiveCell, numbered, outgoing, type Recorded, until } from './live-cell.ts';
import { type LiveNats, live, startLiveNats, whyNotLive } from './live-nats.ts';

const plain = profiles['jetstream-r1'].options;
const dedup = profiles.dedup.options;

const codes = ({ results }: Recorded): readonly number[] =>
  [...results.values()].map(({ code }) => code);

describe.skipIf(!live)(`how sends end on a real server (${whyNotLive})`, () => {
  let nats: LiveNats;
  beforeAll(async () => {
    nats = await startLiveNats();
  });
  afterAll(() => nats?.down());

  const inCell = async (
    options: typeof plain | typeof dedup,
    body: (cell: LiveCell) => Promise<void>,
  ): Promise<void> => {
    const cell = await LiveCell.open(nats.up.target, options);
    try {
      await body(cell);
    } finally {
      await cell.close();
    }
  };

  test('an acknowledged send has the place of its message, and the stream holds it', () =>
    inCell(plain, async (cell) => {
      const { producer, sink } = await cell.producer();
      producer.send(numbered(1_000));
      await producer.flush();
      expect(new Set(codes(sink))).toEqual(new Set([NatsCode.ok]));
      const positions = [...sink.results.values()].map(({ place }) => place?.position.major);
      expect(new Set(positions).size).toBe(1_000);
      expect(await cell.open()).toBe(1_000);
    }));

  test('a lost answer leaves the send unknown, although the stream has it', () =>
    inCell(plain, async (cell) => {
      const [upstream] = nats.up.upstreams;
      const proxy = await swallowingProxy(wire, upstream?.port ?? 0, 1);
      try {
        const { producer, sink } = await cell.producer({
          ...nats.up.target,
          address: proxy.address,
        });
        producer.send([outgoing(1, 'stored')]);
        await until(() => sink.disconnections.length === 1);
        expect(proxy.swallowed()).toBe(1);
        expect(codes(sink)).toEqual([NatsCode.connectionLost]);
        expect(await cell.open()).toBe(1);
        producer.send([outgoing(2, 'too late')]);
        await producer.flush();
        expect(sink.results.get(2)).toMatchObject({ outcome: 'fail', code: NatsCode.notConnected });
      } finally {
        proxy.close();
      }
    }));

  test('a server that stands still leaves the send unknown, and stores it when it goes on', () =>
    inCell({ ...plain, answerTimeoutMs: 2_000 }, async (cell) => {
      const { producer, sink } = await cell.producer();
      producer.send([outgoing(1, 'before')]);
      await producer.flush();
      const [node] = nats.up.nodes;
      await node?.replica?.pause();
      try {
        producer.send([outgoing(2, 'meanwhile')]);
        await producer.flush();
      } finally {
        await node?.replica?.resume();
      }
      expect(sink.results.get(2)).toMatchObject({ outcome: 'unknown', code: NatsCode.noAnswer });
      await until(async () => (await cell.open()) === 2);
    }));

  test('a send to a stream that is gone finds nobody, and that proves nothing', () =>
    inCell(plain, async (cell) => {
      const { producer, sink } = await cell.producer();
      await cell.remove();
      producer.send([outgoing(1, 'to nobody')]);
      await producer.flush();
      expect(sink.results.get(1)).toMatchObject({
        outcome: 'unknown',
        code: NatsCode.noResponders,
      });
    }));

  test('what the client refuses has left no byte', () =>
    inCell(plain, async (cell) => {
      const { producer, sink } = await cell.producer();
      producer.send([
        outgoing(1, 'x'.repeat(2 * 1024 * 1024)),
        outgoing(2, 'bad header', { headers: { name: 'two\r\nlines' } }),
        outgoing(3, 'long key', { key: Buffer.alloc(2_000) }),
        outgoing(4, 'good'),
      ]);
      await producer.flush();
      const refused = { outcome: 'fail', code: NatsCode.refusedByClient };
      for (const ticket of [1, 2, 3]) expect(sink.results.get(ticket)).toMatchObject(refused);
      expect(sink.results.get(4)?.outcome).toBe('ok');
      expect(await cell.open()).toBe(1);
    }));

  test('a copy within the duplicate window is stored nowhere, one after it is stored again', () =>
    inCell({ ...dedup, duplicateWindowMs: 3_000 }, async (cell) => {
      const { producer, sink } = await cell.producer();
      const send = async (ticket: number, body: string): Promise<number | undefined> => {
        producer.send([outgoing(ticket, body, { deduplicationId: 'one' })]);
        await producer.flush();
        expect(sink.results.get(ticket)?.outcome).toBe('ok');
        return sink.results.get(ticket)?.place?.position.major;
      };
      expect(await send(1, 'first')).toBe(1);
      // Whatever is in it: the id alone is looked at.
      expect(await send(2, 'second')).toBe(1);
      await sleep(5_000);
      expect(await send(3, 'third')).toBe(2);
      expect(await cell.open()).toBe(2);
    }));

  test('what was acknowledged is there after a kill -9 and a restart', () =>
    inCell(plain, async (cell) => {
      const { producer, sink } = await cell.producer();
      producer.send(numbered(3_000));
      await until(() => sink.results.size > 1_000);
      const [node] = nats.up.nodes;
      await node?.kill();
      await until(() => sink.disconnections.length === 1);
      await node?.restart();
      const acknowledged = codes(sink).filter((code) => code === NatsCode.ok).length;
      expect(acknowledged).toBeGreaterThan(1_000);
      expect(sink.results.size).toBe(3_000);
      expect(await cell.open()).toBeGreaterThanOrEqual(acknowledged);
    }));
});
