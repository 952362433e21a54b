import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import engine from '../../../../engines/broker/engine.ts';
import { provisioner } from '../../../../engines/broker/provision.ts';
import type { Consumer, Deployed, Delivery, Target } from '../../../../engines/engine.ts';
import type { BrokerNode, Provisioned } from '../../../../engines/provisioner.ts';
import { Cell } from '../actor.ts';
import { bringUp } from '../bring-up.ts';

type Profile = 'quorum' | 'manual-ack';

async function cluster(profile: Profile): Promise<Provisioned> {
  const { options } = engine.profiles[profile];
  const up = await bringUp(provisioner, 3, engine.targetSettings(options));
  onTestFinished(() => up.down());
  return up;
}

/** One node leads everything. */
const anyScope = { destination: 'any', subscription: 'any', scope: 0 };

async function leaderOf({ nodes }: Provisioned): Promise<BrokerNode> {
  for (;;) {
    for (const node of nodes) if ((await node.replica?.leads(anyScope)) === true) return node;
    await sleep(20);
  }
}

/** Its connection is lost with its leader, so it is asked again until a node leads. */
async function untilSomebodyLeads<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch {
      await sleep(50);
    }
  }
}

function newCell(profile: Profile) {
  const cell = new Cell(engine, profile);
  onTestFinished(() => cell.close());
  return cell;
}

interface Holder {
  readonly consumer: Consumer;
  readonly got: Delivery[];
  readonly acknowledged: Set<number>;
  readonly disconnected: Promise<unknown>;
}

/** A consumer that holds what it gets. */
async function holder(target: Target, deployed: Deployed): Promise<Holder> {
  const session = await engine.connect(target, engine.profiles.quorum.options, {
    name: 'holder',
    nowNs: () => 0,
    random: () => 0,
    signal: new AbortController().signal,
  });
  onTestFinished(() => session.close());
  const got: Delivery[] = [];
  const acknowledged = new Set<number>();
  const { promise: disconnected, resolve } = Promise.withResolvers<unknown>();
  const consumer = await session.consumer(
    { deployed, subscription: 0, start: { at: 'earliest' } },
    {
      deliver: (batch) => void got.push(...batch),
      settled: (ticket, _index, outcome) => void (outcome === 'ok' && acknowledged.add(ticket)),
      assigned: () => {},
      revoking: () => Promise.resolve(),
      lost: () => {},
      scopeEnded: () => {},
      disconnected: resolve,
    },
  );
  return { consumer, got, acknowledged, disconnected };
}

const texts = Array.from({ length: 300 }, (_, index) => `message ${index}`);
const bodiesOf = (got: readonly Delivery[]): string[] => got.map(({ body }) => body.toString());

describe('three broker processes', () => {
  it('keep what was confirmed and what was settled when the leader is killed, and say what comes again', async () => {
    const up = await cluster('quorum');
    const cell = newCell('quorum');
    const deployed = await cell.deploy(up.target);
    const sender = await cell.sender(up.target, deployed);
    sender.send(texts);
    await sender.flush();
    expect([...cell.outcomes.values()].every(({ outcome }) => outcome === 'ok')).toBe(true);
    const { consumer, got, acknowledged, disconnected } = await holder(up.target, deployed);
    consumer.request(100);
    await expect.poll(() => got.length, { timeout: 10_000 }).toBe(100);
    consumer.settle(1, got.slice(0, 40), { how: 'acknowledge' });
    await expect.poll(() => acknowledged.has(1), { timeout: 10_000 }).toBe(true);

    const old = await leaderOf(up);
    await old.kill();
    await disconnected;
    const left = texts.slice(40);
    const after = await untilSomebodyLeads(() =>
      cell.receive(up.target, deployed, (bodies) => bodies.length >= left.length),
    );
    expect(await leaderOf(up)).not.toBe(old);
    expect(bodiesOf(after)).toEqual(left);
    expect(after.map(({ redelivered }) => redelivered)).toEqual(left.map((_, at) => at < 60));
    expect(after.map(({ attempt }) => attempt)).toEqual(left.map((_, at) => (at < 60 ? 2 : 1)));
  }, 60_000);

  it('lose what the leader alone had confirmed', async () => {
    const up = await cluster('manual-ack');
    const cell = newCell('manual-ack');
    const deployed = await cell.deploy(up.target);
    const sender = await cell.sender(up.target, deployed);
    sender.send(['everywhere']);
    await sender.flush();
    const old = await leaderOf(up);
    const followers = up.nodes.filter((node) => node !== old);
    for (const { replica } of followers) await replica?.pause();
    // What the followers had asked for before they stood still, they find when they go on.
    for (const text of ['on its way', 'nowhere else']) {
      sender.send([text]);
      await sender.flush();
    }
    await old.kill();
    for (const { replica } of followers) await replica?.resume();
    const next = await untilSomebodyLeads(() => cell.sender(up.target, deployed));
    next.send(['afterwards']);
    await next.flush();
    expect([...cell.outcomes.values()].map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 4 }, () => 'ok'),
    );
    const got = await cell.receive(up.target, deployed, (all) => all.includes('afterwards'));
    expect(bodiesOf(got)).toEqual(expect.arrayContaining(['everywhere', 'afterwards']));
    expect(bodiesOf(got)).not.toContain('nowhere else');
  }, 60_000);

  it('confirm and settle nothing while a majority is away, and all that waits when it is back', async () => {
    const up = await cluster('quorum');
    const cell = newCell('quorum');
    const deployed = await cell.deploy(up.target);
    const sender = await cell.sender(up.target, deployed);
    sender.send(['held']);
    await sender.flush();
    const { consumer, got, acknowledged } = await holder(up.target, deployed);
    consumer.request(1);
    await expect.poll(() => got.length, { timeout: 10_000 }).toBe(1);
    const old = await leaderOf(up);
    const followers = up.nodes.filter((node) => node !== old);
    for (const { replica } of followers) await replica?.pause();
    const [waiting = 0] = sender.send(['waits']);
    for (let refused: string | undefined; refused !== 'fail'; ) {
      const [ticket = 0] = sender.send(['refused']);
      await sleep(100);
      refused = cell.outcomes.get(ticket)?.outcome;
    }
    consumer.settle(1, got, { how: 'acknowledge' });
    await sleep(300);
    expect(cell.outcomes.get(waiting)?.outcome).toBeUndefined();
    expect(acknowledged.size).toBe(0);
    for (const { replica } of followers) await replica?.resume();
    await sender.flush();
    expect(cell.outcomes.get(waiting)?.outcome).toBe('ok');
    await expect.poll(() => acknowledged.has(1), { timeout: 10_000 }).toBe(true);
  }, 60_000);
});
