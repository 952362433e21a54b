import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AwsCode } from '../../../engines/aws/outcomes.ts';
import type { Target } from '../../../engines/engine.ts';
import engine from '../../../engines/kinesis/engine.ts';
import { kinesaliteProvisioner } from '../../../engines/kinesis/kinesalite.ts';
import type { KinesisOptions } from '../../../engines/kinesis/options.ts';
import { profiles } from '../../../engines/kinesis/profiles.ts';
import { StreamShards } from '../../../engines/kinesis/stream-shards.ts';
import { wire } from '../../../engines/kinesis/wire.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { type Front, startFront } from '../aws/http-front.ts';
import { bringUp } from '../embedded/bring-up.ts';
import { swallowingProxy } from '../embedded/swallowing-proxy.ts';
import { LiveCell, numbered, outgoing, type Recorded, until } from '../live-cell.ts';
import { startFaultyFront } from './faulty-front.ts';
import { storedIn } from './stored.ts';

const shards: KinesisOptions = profiles.shards.options;
const ordered: KinesisOptions = profiles.ordered.options;

const inOrder = ({ results }: Recorded) =>
  [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result);

describe('how sends end on kinesalite', () => {
  let kinesalite: Provisioned;
  let front: Front;
  beforeAll(async () => {
    kinesalite = await bringUp(kinesaliteProvisioner);
    front = await startFaultyFront(kinesalite.target.address);
  });
  afterAll(async () => {
    await front?.close();
    await kinesalite?.down();
  });

  const inCell = async (
    options: KinesisOptions,
    body: (cell: LiveCell<KinesisOptions>) => Promise<void>,
  ): Promise<void> => {
    const cell = await LiveCell.open(engine, kinesalite.target, options);
    try {
      await body(cell);
    } finally {
      await cell.close();
    }
  };
  const behindFront = (): Target => ({ ...kinesalite.target, address: front.address });
  const stored = (cell: LiveCell<KinesisOptions>) => storedIn(kinesalite.target, cell.stream);
  /** Swallows the first answer to a send. */
  const behindProxy = async (body: (target: Target) => Promise<void>): Promise<void> => {
    const [upstream] = kinesalite.upstreams;
    const proxy = await swallowingProxy(wire, upstream?.port ?? 0, 1);
    try {
      await body({ ...kinesalite.target, address: `http://${proxy.address}` });
      expect(proxy.swallowed()).toBe(1);
    } finally {
      proxy.close();
    }
  };

  test('each record of a call by its own answer: a limit of its shard is a refusal, a failure says nothing', () =>
    inCell(shards, async (cell) => {
      const { producer, sink } = await cell.producer(behindFront());
      const bodies = ['a', 'THROTTLE me', 'b', 'STUMBLE over me', 'FORGET me'];
      producer.send(bodies.map((body, ticket) => outgoing(ticket, body)));
      await producer.flush();
      expect(inOrder(sink).map(({ outcome, code }) => [outcome, code])).toEqual([
        ['ok', AwsCode.ok],
        ['fail', AwsCode.throttled],
        ['ok', AwsCode.ok],
        ['unknown', AwsCode.entryFailed],
        ['unknown', AwsCode.notUnderstood],
      ]);
      // Both kinds of unknown were stored, the refused one was not.
      expect((await stored(cell)).toSorted()).toEqual(['FORGET me', 'STUMBLE over me', 'a', 'b']);
      expect(sink.disconnections).toEqual([]);
    }));

  test('places are told for what was stored, and for nothing else', () =>
    inCell(shards, async (cell) => {
      const { producer, sink } = await cell.producer(behindFront());
      producer.send([outgoing(0, 'a'), outgoing(1, 'THROTTLE me'), outgoing(2, 'b')]);
      await producer.flush();
      const [a, throttled, b] = inOrder(sink).map(({ place }) => place);
      expect(throttled).toBeUndefined();
      expect([a?.scope, b?.scope]).toEqual([0, 0]);
      expect(b?.position.major).toBeGreaterThan(a?.position.major ?? Infinity);
    }));

  test('a call that is throttled is refused with its code; one that failed says nothing', () =>
    inCell(shards, async (cell) => {
      const { producer, sink } = await cell.producer(behindFront());
      producer.send([outgoing(1, 'BUSY')]);
      await producer.flush();
      producer.send([outgoing(2, 'BROKEN')]);
      await producer.flush();
      expect(sink.results.get(1)).toMatchObject({ outcome: 'fail', code: AwsCode.throttled });
      expect(sink.results.get(2)).toMatchObject({ outcome: 'unknown', code: AwsCode.serverError });
      expect(await stored(cell)).toEqual(['BROKEN']);
    }));

  test('a lost answer leaves the send unknown after one attempt, although the shard has it', () =>
    inCell(shards, (cell) =>
      behindProxy(async (target) => {
        const { producer, sink } = await cell.producer(target);
        producer.send([outgoing(1, 'stored')]);
        await until(() => sink.disconnections.length === 1);
        expect(inOrder(sink)).toMatchObject([
          { outcome: 'unknown', code: AwsCode.connectionLost, attempts: 1 },
        ]);
        expect(await stored(cell)).toEqual(['stored']);
      }),
    ));

  test('with the client’s retries a lost answer is two attempts and ok, and stored twice', () =>
    inCell(profiles['as-users-run-it'].options, (cell) =>
      behindProxy(async (target) => {
        const { producer, sink } = await cell.producer(target);
        producer.send([outgoing(1, 'twice')]);
        await producer.flush();
        expect(inOrder(sink)).toMatchObject([{ outcome: 'ok', code: AwsCode.ok, attempts: 2 }]);
        expect(sink.disconnections).toEqual([]);
        expect(await stored(cell)).toEqual(['twice', 'twice']);
      }),
    ));

  test('of a key, what waits behind a lost answer is held back', () =>
    inCell(ordered, (cell) =>
      behindProxy(async (target) => {
        const { producer, sink } = await cell.producer(target);
        producer.send(numbered(12).map((message) => ({ ...message, key: Buffer.from('k') })));
        await until(() => sink.disconnections.length === 1);
        const codes = inOrder(sink).map(({ code }) => code);
        expect(codes).toEqual([AwsCode.connectionLost, ...Array(11).fill(AwsCode.heldBack)]);
        expect(await stored(cell)).toEqual(['message 0']);
      }),
    ));

  test('one record a call names the one of its key before it, and gets a higher number', () =>
    inCell(ordered, async (cell) => {
      const named: (string | undefined)[] = [];
      const watching = await startFront(kinesalite.target.address, (call) => {
        if (call.operation === 'Kinesis_20131202.PutRecord') {
          const asked = JSON.parse(call.raw.toString()) as { SequenceNumberForOrdering?: string };
          named.push(asked.SequenceNumberForOrdering);
        }
        return call.forward();
      });
      try {
        const { producer, sink } = await cell.producer({
          ...kinesalite.target,
          address: watching.address,
        });
        producer.send(numbered(3).map((message) => ({ ...message, key: Buffer.from('k') })));
        await producer.flush();
        const [stream] = StreamShards.allOf(cell.deployed);
        const numbers = inOrder(sink).map(({ place }) =>
          place === undefined ? '' : stream?.positionsOf(0).sequenceNumberOf(place.position),
        );
        expect(named).toEqual([undefined, ...numbers.slice(0, 2)]);
        expect(numbers.map(String).toSorted()).toEqual(numbers);
        expect(await stored(cell)).toEqual(['message 0', 'message 1', 'message 2']);
      } finally {
        await watching.close();
      }
    }));

  test('a service that stands still leaves the send unknown', () =>
    inCell({ ...shards, answerTimeoutMs: 2_000 }, async (cell) => {
      const { producer, sink } = await cell.producer();
      const pid = kinesalite.nodes[0]?.pid() ?? 0;
      process.kill(pid, 'SIGSTOP');
      try {
        producer.send([outgoing(1, 'meanwhile')]);
        await until(() => sink.disconnections.length === 1);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      expect(sink.results.get(1)).toMatchObject({ outcome: 'unknown', code: AwsCode.noAnswer });
    }));

  test('what a stream cannot carry is refused before any byte', () =>
    inCell(shards, async (cell) => {
      const { producer, sink } = await cell.producer();
      producer.send([
        outgoing(1, 'with headers', { headers: { some: 'value' } }),
        outgoing(2, 'later', { delayMs: 1 }),
        outgoing(3, 'to a shard that is not there', { partition: 1 }),
        outgoing(4, 'with a long key', { key: Buffer.alloc(257, 'k') }),
        outgoing(5, '', { body: Buffer.alloc(1_048_577) }),
      ]);
      await producer.flush();
      expect(inOrder(sink).map(({ outcome, code }) => [outcome, code])).toEqual([
        ['fail', AwsCode.unsupported],
        ['fail', AwsCode.unsupported],
        ['fail', AwsCode.unfit],
        ['fail', AwsCode.unfit],
        ['fail', AwsCode.unfit],
      ]);
      expect(await stored(cell)).toEqual([]);
    }));

  test('what was acknowledged is there after a kill -9 and a restart, and is read on from the checkpoint', async () => {
    const kept = await bringUp(kinesaliteProvisioner);
    const cell = await LiveCell.open(engine, kept.target, shards);
    try {
      const { consumer, sink: read } = await cell.consumer();
      consumer.request(10_000);
      const { producer, sink } = await cell.producer();
      for (let from = 0; from < 2_000; from += 50) producer.send(numbered(50, from));
      await until(() => sink.results.size > 500 && read.deliveries.length > 0);
      // However long the first of them took to be delivered, these are under way.
      for (let from = 2_000; from < 4_000; from += 50) producer.send(numbered(50, from));
      const [node] = kept.nodes;
      await node?.kill();
      await until(() => sink.disconnections.length === 1);
      await node?.restart();
      expect(sink.results.size).toBe(4_000);
      const acknowledged = [...sink.results]
        .filter(([, { outcome }]) => outcome === 'ok')
        .map(([ticket]) => `message ${ticket}`);
      expect(acknowledged.length).toBeGreaterThan(500);
      const there = new Set(await storedIn(kept.target, cell.stream));
      expect(acknowledged.filter((body) => !there.has(body))).toEqual([]);
      await until(() => read.deliveries.length >= there.size);
      expect(new Set(read.bodies())).toEqual(there);
      expect(read.disconnections).toEqual([]);
    } finally {
      await cell.close();
      await kept.down();
    }
  });

  test('nobody listens: refused before any byte, and a session is not opened', async () => {
    const nowhere = { ...kinesalite.target, address: 'http://127.0.0.1:9' };
    await inCell(shards, async (cell) => {
      await expect(cell.producer(nowhere)).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
    });
  });
});
