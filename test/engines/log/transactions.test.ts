import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshName, withCell } from '../../../engines/contract/bench/cell.ts';
import type { ContractSubject } from '../../../engines/contract/contract.ts';
import log from '../../../engines/log/engine.ts';
import { provisioner } from '../../../engines/log/provision.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { transformExactlyOnce } from '../../contract/paper/transform.ts';
import { bringUp } from '../embedded/bring-up.ts';

let broker: Provisioned;
beforeAll(async () => {
  broker = await bringUp(provisioner);
});
afterAll(() => broker.down());

const subject = (prefix: string): ContractSubject => ({
  engine: log,
  module: new URL('../../../engines/log/engine.ts', import.meta.url),
  profile: 'idempotent',
  target: broker.target,
  prefix,
  patienceMs: 15_000,
  quietMs: 100,
});

test('consume-transform-produce is exactly once', async () => {
  await transformExactlyOnce(subject('transform'));
});

test('a transaction goes on where it was when the broker was killed in the middle of it', async () => {
  const shape = { destinations: 1, scopes: 1, subscriptions: [0] };
  const of = subject('killed');
  await withCell(of, shape, async (cell) => {
    const sender = await cell.sender(freshName(of));
    const transaction = await sender.producer?.begin?.();
    if (transaction === undefined) throw new Error('no transaction');
    await sender.sendAll([{ body: 'before' }], cell.traits.sendLimit, transaction);
    await broker.nodes[0]?.kill();
    const ending = transaction.commit();
    await broker.nodes[0]?.restart();
    expect(await ending).toBe('ok');
    const receiver = await cell.receiver();
    await receiver.receiveAndAcknowledge(1);
    expect(receiver.bodies()).toEqual(['before']);
  });
});

test('a commit aborts when the offsets of its input were not accepted, and the next transaction goes on', async () => {
  const shape = { destinations: 2, scopes: 1, subscriptions: [0, 1] };
  const of = subject('refused');
  await withCell(of, shape, async (cell) => {
    const limit = cell.traits.sendLimit;
    const plain = await cell.sender();
    await plain.sendAll([{ body: 'input' }], limit);
    const { sender, receiver } = await cell.pair(freshName(of));
    const got = await receiver.receive(1);
    const transaction = await sender.producer?.begin?.();
    await sender.sendAll([{ body: 'half', destination: 1 }], limit, transaction);
    await receiver.inner.close();
    expect(await transaction?.include(receiver.inner, got)).toBe('fail');
    const [late] = await sender.sendAll([{ body: 'late', destination: 1 }], limit, transaction);
    expect(late?.outcome).toBe('fail');
    expect(await transaction?.commit()).toBe('fail');
    const next = await sender.producer?.begin?.();
    await sender.sendAll([{ body: 'whole', destination: 1 }], limit, next);
    expect(await next?.commit()).toBe('ok');
    const output = await cell.receiver(1);
    await output.receiveAndAcknowledge(1);
    expect(output.bodies()).toEqual(['whole']);
  });
});

test('a producer has one transaction at a time, sends nothing outside of it, and begins none without an id', async () => {
  const of = subject('misuse');
  await withCell(of, { destinations: 1, scopes: 1, subscriptions: [0] }, async (cell) => {
    const limit = cell.traits.sendLimit;
    const plain = await cell.sender();
    await expect(plain.producer?.begin?.()).rejects.toThrow(/no transactional id/);
    const sender = await cell.sender(freshName(of));
    const transaction = await sender.producer?.begin?.();
    await expect(sender.producer?.begin?.()).rejects.toThrow(/has not ended/);
    const outcomeUnder = async (which: typeof transaction): Promise<unknown> =>
      (await sender.sendAll([{ body: 'x' }], limit, which))[0]?.outcome;
    expect(await outcomeUnder(undefined)).toBe('fail');
    expect(await outcomeUnder(transaction)).toBe('ok');
    expect(await transaction?.abort()).toBe('ok');
    expect(await transaction?.commit()).toBe('fail');
    expect(await outcomeUnder(transaction)).toBe('fail');
  });
});

test('a transaction whose producer was taken over while it sent can be ended, and is not committed', async () => {
  const shape = { destinations: 1, scopes: 1, subscriptions: [0] };
  const of = subject('overtaken');
  await withCell(of, shape, async (cell) => {
    const limit = cell.traits.sendLimit;
    const id = freshName(of);
    const zombie = await cell.sender(id);
    const transaction = await zombie.producer?.begin?.();
    const successor = await cell.sender(id);
    // The refusal of this ends the zombie's producer, while its owner still has the transaction in hand.
    const [late] = await zombie.sendAll([{ body: 'late' }], limit, transaction);
    expect(late?.outcome).not.toBe('ok');
    expect(await transaction?.abort()).toBe('fail');
    const next = await successor.producer?.begin?.();
    await successor.sendAll([{ body: 'whole' }], limit, next);
    expect(await next?.commit()).toBe('ok');
    const receiver = await cell.receiver();
    await receiver.receiveAndAcknowledge(1);
    expect(receiver.bodies()).toEqual(['whole']);
  });
});
