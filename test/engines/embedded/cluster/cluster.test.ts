import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import engine from '../../../../engines/log/engine.ts';
import { provisioner } from '../../../../engines/log/provision.ts';
import type { BrokerNode, Provisioned } from '../../../../engines/provisioner.ts';
import { Cell } from '../actor.ts';
import { bringUp } from '../bring-up.ts';

async function cluster(minInSync: number): Promise<Provisioned> {
  const up = await bringUp(provisioner, 3, { 'min-in-sync': String(minInSync) });
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

function newCell(profile: 'acks-all' | 'acks-1') {
  const cell = new Cell(engine, profile);
  onTestFinished(() => cell.close());
  return cell;
}

const texts = Array.from({ length: 50 }, (_, index) => `message ${index}`);

describe('three log processes', () => {
  it('keep what all in-sync replicas had acknowledged when the leader is killed, and take more', async () => {
    const up = await cluster(2);
    const cell = newCell('acks-all');
    const deployed = await cell.deploy(up.target);
    const sender = await cell.sender(up.target, deployed);
    sender.send(texts);
    await sender.flush();
    const old = await leaderOf(up);
    await old.kill();
    sender.send(['afterwards']);
    await sender.flush();
    expect([...cell.outcomes.values()].map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 51 }, () => 'ok'),
    );
    expect(await leaderOf(up)).not.toBe(old);
    await old.restart();
    const got = await cell.receive(up.target, deployed, (bodies) => bodies.includes('afterwards'));
    expect(got.map(({ body }) => body.toString())).toEqual([...texts, 'afterwards']);
  }, 60_000);

  it('lose what the leader alone had acknowledged, and cut it off when it comes back', async () => {
    const up = await cluster(1);
    const cell = newCell('acks-1');
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
    sender.send(['afterwards']);
    await sender.flush();
    await old.restart();
    expect([...cell.outcomes.values()].map(({ outcome }) => outcome)).toEqual([
      'ok',
      'ok',
      'ok',
      'ok',
    ]);
    const got = await cell.receive(up.target, deployed, (bodies) => bodies.includes('afterwards'));
    const bodies = got.map(({ body }) => body.toString());
    expect(bodies).toEqual(expect.arrayContaining(['everywhere', 'afterwards']));
    expect(bodies).not.toContain('nowhere else');
  }, 60_000);

  it('refuse what too few would store, which is then certainly not there', async () => {
    const up = await cluster(3);
    const cell = newCell('acks-all');
    const deployed = await cell.deploy(up.target);
    const sender = await cell.sender(up.target, deployed);
    sender.send(['everywhere']);
    await sender.flush();
    const old = await leaderOf(up);
    const [follower] = up.nodes.filter((node) => node !== old);
    await follower?.kill();
    let refused: string | undefined;
    while (refused !== 'fail') {
      const [ticket = 0] = sender.send(['refused']);
      await sender.flush();
      refused = cell.outcomes.get(ticket)?.outcome;
      await sleep(50);
    }
    expect(refused).toBe('fail');
  }, 60_000);
});
