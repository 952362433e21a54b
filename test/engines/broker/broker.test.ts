import { afterEach, expect, test } from 'vitest';
import { AdminLink } from '../../../engines/embedded/admin-link.ts';
import { beginRequest } from '../../../engines/embedded/protocol/frame.ts';
import { Api, statusName } from '../../../engines/embedded/protocol/protocol.ts';
import { wire } from '../../../engines/embedded/wire.ts';
import broker from '../../../engines/broker/engine.ts';
import type { BrokerOptions } from '../../../engines/broker/options.ts';
import { provisioner } from '../../../engines/broker/provision.ts';
import type { Consumer, Deployed, Delivery, Target } from '../../../engines/engine.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { bringUp } from '../embedded/bring-up.ts';
import { Cell } from '../embedded/actor.ts';
import { swallowingProxy } from '../embedded/swallowing-proxy.ts';

type Profile = keyof typeof broker.profiles;

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

async function up(): Promise<Provisioned> {
  const provisioned = await bringUp(provisioner);
  undo.push(() => provisioned.down());
  return provisioned;
}

function cellOf(profile: Profile): Cell<BrokerOptions> {
  const cell = new Cell<BrokerOptions>(broker, profile);
  undo.push(() => cell.close());
  return cell;
}

function nodeOf({ nodes: [node] }: Provisioned): Provisioned['nodes'][number] {
  if (node === undefined) throw new Error('no node');
  return node;
}

interface Holder {
  readonly consumer: Consumer;
  readonly got: Delivery[];
  readonly disconnected: Promise<unknown>;
}

/** A consumer that holds what it gets. */
async function holder(
  target: Target,
  deployed: Deployed,
  options: Partial<BrokerOptions> = {},
): Promise<Holder> {
  const session = await broker.connect(
    target,
    { ...broker.profiles['manual-ack'].options, ...options },
    {
      name: 'holder',
      nowNs: () => 0,
      random: () => 0,
      signal: new AbortController().signal,
    },
  );
  undo.push(() => session.close());
  const got: Delivery[] = [];
  const { promise: disconnected, resolve } = Promise.withResolvers<unknown>();
  const consumer = await session.consumer(
    { deployed, subscription: 0, start: { at: 'earliest' } },
    {
      deliver: (batch) => void got.push(...batch),
      settled: () => {},
      assigned: () => {},
      revoking: () => Promise.resolve(),
      lost: () => {},
      scopeEnded: () => {},
      disconnected: resolve,
    },
  );
  return { consumer, got, disconnected };
}

test('after kill -9 persistent messages are there, and those that were held say that they come again', async () => {
  const provisioned = await up();
  const { target } = provisioned;
  const cell = cellOf('manual-ack');
  const deployed = await cell.deploy(target);
  const sender = await cell.sender(target, deployed);
  const bodies = Array.from({ length: 500 }, (_, index) => `m${index}`);
  sender.send(bodies);
  await sender.flush();
  const { consumer, got, disconnected } = await holder(target, deployed);
  consumer.request(200);
  await expect.poll(() => got.length).toBe(200);
  await nodeOf(provisioned).kill();
  await disconnected;
  await nodeOf(provisioned).restart();
  const after = await cell.receive(target, deployed, (all) => all.length >= 500);
  expect(after.map(({ body }) => body.toString())).toEqual(bodies);
  expect(after.filter(({ redelivered }) => redelivered)).toHaveLength(200);
  expect(after.filter(({ attempt }) => attempt === 2)).toHaveLength(200);
});

test('after kill -9 transient messages are gone and their queue is not', async () => {
  const provisioned = await up();
  const { target } = provisioned;
  const cell = cellOf('transient');
  const deployed = await cell.deploy(target);
  const before = await cell.sender(target, deployed);
  before.send(['gone']);
  await before.flush();
  await nodeOf(provisioned).kill();
  await nodeOf(provisioned).restart();
  const after = await cell.sender(target, deployed);
  after.send(['kept']);
  const got = await cell.receive(target, deployed, (all) => all.length > 0);
  expect(got.map(({ body }) => body.toString())).toEqual(['kept']);
  expect([...cell.outcomes.values()].map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
});

test('a confirm that is lost on its way leaves the outcome unknown, for the harness to decide', async () => {
  const { target, upstreams } = await up();
  const proxy = await swallowingProxy(wire, upstreams[0]?.port ?? 0, 1);
  undo.push(() => proxy.close());
  const cell = cellOf('manual-ack');
  const deployed = await cell.deploy(target);
  const cut = await cell.sender({ ...target, address: proxy.address }, deployed);
  const [ticket] = cut.send(['once']);
  await cut.flush();
  expect(cell.outcomes.get(ticket ?? 0)).toMatchObject({ outcome: 'unknown', attempts: 1 });
  expect(proxy.swallowed()).toBe(1);
  const got = await cell.receive(target, deployed, (all) => all.length > 0);
  expect(got.map(({ body }) => body.toString())).toEqual(['once']);
});

test('the prefetch bounds what a consumer holds, however much it asks for', async () => {
  const { target } = await up();
  const cell = cellOf('manual-ack');
  const deployed = await cell.deploy(target);
  const sender = await cell.sender(target, deployed);
  sender.send(Array.from({ length: 20 }, (_, index) => `m${index}`));
  await sender.flush();
  const { consumer, got } = await holder(target, deployed, { prefetch: 3 });
  consumer.request(20);
  await expect.poll(() => got.length).toBe(3);
  consumer.settle(1, got.slice(0, 2), { how: 'acknowledge' });
  await expect.poll(() => got.length).toBe(5);
});

test('a subscription whose queue is deleted ends, and says why', async () => {
  const { target } = await up();
  const cell = cellOf('manual-ack');
  const deployed = await cell.deploy(target);
  const { disconnected } = await holder(target, deployed);
  const administration = await broker.administer(target, broker.profiles['manual-ack'].options);
  await administration.remove(deployed);
  await administration.close();
  expect(String(await disconnected)).toContain('its queue is gone');
});

test('a consumer that waits notices that its broker hangs', async () => {
  const provisioned = await up();
  const { target } = provisioned;
  const cell = cellOf('manual-ack');
  const deployed = await cell.deploy(target);
  const { disconnected } = await holder(target, deployed, { requestTimeoutMs: 1_000 });
  const pid = nodeOf(provisioned).pid();
  process.kill(pid, 'SIGSTOP');
  undo.push(() => void process.kill(pid, 'SIGCONT'));
  expect(String(await disconnected)).toContain('left a request unanswered');
});

test('a request that the broker does not know closes the connection', async () => {
  const { target } = await up();
  const link = new AdminLink(target.address, 'broker', 1_000);
  undo.push(() => link.close());
  await expect(link.call(beginRequest(Api.fetch))).rejects.toMatchObject({
    code: 'CONNECT_FAILED',
  });
  await expect(link.call(beginRequest(Api.queueDepth).u32(77))).rejects.toThrow(statusName[3]);
});
