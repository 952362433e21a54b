import { startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cell, oneOfEach, withCell } from '../../../engines/contract/bench/cell.ts';
import type { Engine, Target } from '../../../engines/engine.ts';
import { contractSuite } from '../suite.ts';
import sqs, { code } from './sqs/engine.ts';
import { startFaultyFront } from './sqs/faulty-front.ts';

const engine = sqs as Engine;
const module = new URL('./sqs/engine.ts', import.meta.url);
const targetAt = (address: string): Target => ({
  kind: 'fauxqs',
  title: 'fauxqs 2.4.1',
  address,
  nodes: 1,
  settings: {},
});

for (const profile of Object.keys(sqs.profiles)) {
  contractSuite(`SQS in batches of ten, ${profile}`, {
    engine,
    module,
    profile,
    target: async () => {
      const emulator = await startFauxqs({ port: 0, logger: false });
      return {
        target: targetAt(`http://127.0.0.1:${emulator.port}`),
        down: () => emulator.stop(),
      };
    },
    quietMs: 300,
  });
}

describe('a batch of ten that fails in part', () => {
  let emulator: Awaited<ReturnType<typeof startFauxqs>>;
  let front: Awaited<ReturnType<typeof startFaultyFront>>;
  beforeAll(async () => {
    emulator = await startFauxqs({ port: 0, logger: false });
    front = await startFaultyFront(`http://127.0.0.1:${emulator.port}`);
  });
  afterAll(async () => {
    await front.close();
    await emulator.stop();
  });
  const inCell = (prefix: string, body: (cell: Cell) => Promise<void>): Promise<void> =>
    withCell(
      {
        engine,
        module,
        profile: 'standard',
        target: targetAt(front.address),
        prefix,
        patienceMs: 10_000,
        quietMs: 300,
      },
      oneOfEach,
      body,
    );

  test('settles each entry by its own answer: ok, fail for our fault, unknown for theirs', () =>
    inCell('part', async (cell) => {
      const sender = await cell.sender();
      const bodies = ['a', 'REFUSE me', 'b', 'STUMBLE over me', 'c'];
      const tickets = sender.send(bodies.map((body) => ({ body })));
      const settled = await sender.settledAll(tickets);
      expect(settled.map(({ outcome }) => outcome)).toEqual(['ok', 'fail', 'ok', 'unknown', 'ok']);
      expect(settled.map((one) => one.code)).toEqual([0, code.senderFault, 0, code.serverFault, 0]);
      expect(front.seen).toMatchObject({ refused: 1, stumbled: 1 });
      const receiver = await cell.receiver();
      await receiver.receiveAndAcknowledge(4);
      expect(receiver.bodies().toSorted()).toEqual(['STUMBLE over me', 'a', 'b', 'c']);
    }));

  test('is unknown as a whole when the answer is lost, although it was stored', () =>
    inCell('lost', async (cell) => {
      const sender = await cell.sender();
      const tickets = sender.send([{ body: 'VANISH' }, { body: 'with me' }]);
      const settled = await sender.settledAll(tickets);
      expect(settled.map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown']);
      expect(settled.map(({ attempts }) => attempts)).toEqual([1, 1]);
      expect(front.seen.vanished).toBe(1);
      const receiver = await cell.receiver();
      await receiver.receiveAndAcknowledge(2);
      expect(receiver.bodies().toSorted()).toEqual(['VANISH', 'with me']);
    }));

  test('counts receptions, and a lease changed to nothing brings the message back at once', () =>
    inCell('lease', async (cell) => {
      await (await cell.sender()).sendAll([{ body: 'again' }], cell.traits.sendLimit);
      const receiver = await cell.receiver();
      const [first] = await receiver.receive(1);
      await receiver.settle(first === undefined ? [] : [first], { how: 'requeue' });
      receiver.request(1);
      const [, second] = await receiver.until(2);
      expect([first?.attempt, second?.attempt]).toEqual([1, 2]);
      await receiver.acknowledge(second === undefined ? [] : [second]);
    }));
});
