import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminLink } from '../../../engines/embedded/admin-link.ts';
import { beginRequest } from '../../../engines/embedded/protocol/frame.ts';
import { Api } from '../../../engines/embedded/protocol/protocol.ts';
import { readIds, writeRedrive } from '../../../engines/embedded/protocol/queue-messages.ts';
import type { Consumer, Deployed, Delivery, Settlement } from '../../../engines/engine.ts';
import { QueueAdministration } from '../../../engines/queue/administration.ts';
import queue from '../../../engines/queue/engine.ts';
import { provisioner } from '../../../engines/queue/provision.ts';
import { queuesOf } from '../../../engines/queue/queues.ts';
import { traits } from '../../../engines/queue/traits.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { Cell } from '../embedded/actor.ts';
import { bringUp } from '../embedded/bring-up.ts';

const { options } = queue.profiles['dead-letters'];
const requestTimeoutMs = 5_000;

let up: Provisioned;
beforeAll(async () => {
  up = await bringUp(provisioner);
}, 60_000);
afterAll(() => up.down());
/** Settles everything that comes in the same way, until `times` deliveries have come. */
async function settleAll(
  deployed: Deployed,
  how: Settlement['how'] & ('requeue' | 'reject'),
  times: number,
): Promise<readonly Delivery[]> {
  const got: Delivery[] = [];
  const settled = Promise.withResolvers<void>();
  const session = await queue.connect(up.target, options, {
    name: `c-${randomUUID()}`,
    nowNs: () => performance.now() * 1e6,
    random: () => 0.5,
    signal: new AbortController().signal,
  });
  const consumer: Consumer | undefined = await session.consumer?.(
    { deployed, subscription: 0, start: { at: 'earliest' } },
    {
      deliver: (batch) => {
        got.push(...batch);
        consumer?.settle(got.length, [...batch], { how });
      },
      settled: () => {
        if (got.length >= times) settled.resolve();
        else consumer?.request(1);
      },
      assigned: () => {},
      revoking: () => Promise.resolve(),
      lost: () => {},
      scopeEnded: () => {},
      disconnected: (error) => settled.reject(error),
    },
  );
  consumer?.request(1);
  await settled.promise;
  await consumer?.close();
  await session.close();
  return got;
}

/** A queue whose dead letters go to the other one, and nobody reads that. */
async function deploy(deadLetters: number | undefined = 1): Promise<Deployed> {
  const administration = new QueueAdministration(up.target, options);
  const name = `cell-${randomUUID()}`;
  try {
    return await administration.apply({
      destinations: [
        { name, scopes: 1 },
        { name: `${name}-dead`, scopes: 1 },
      ],
      subscriptions: [
        { name: `${name}-0`, destination: 0, deliveryLimit: { deliveries: 2, deadLetters } },
        { name: `${name}-1`, destination: 1 },
      ],
    });
  } finally {
    await administration.close();
  }
}

async function depthOf(link: AdminLink, id: number | undefined): Promise<number> {
  const answer = await link.call(beginRequest(Api.depth).u32(id ?? 0));
  return answer.u64() + answer.u64();
}

describe('dead letters of a broker process', () => {
  it('take what was given back as often as allowed or rejected, until they are moved back', async () => {
    const cell = new Cell(queue, 'dead-letters');
    const deployed = await deploy();
    expect(deployed.effective).toContain('dead letters after 2 receives');
    const [main, dead] = queuesOf(deployed);
    const sender = await cell.sender(up.target, deployed);
    sender.send(['poison']);
    await sender.flush();
    const link = new AdminLink(up.target.address, 'queue', requestTimeoutMs);
    const returned = await settleAll(deployed, 'requeue', 2);
    expect(returned.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect([await depthOf(link, main), await depthOf(link, dead)]).toEqual([0, 1]);
    sender.send(['rejected']);
    await sender.flush();
    await settleAll(deployed, 'reject', 1);
    expect([await depthOf(link, main), await depthOf(link, dead)]).toEqual([0, 2]);

    const request = { from: dead ?? 0, to: main ?? 0, most: 10 };
    const moved = readIds(await link.call(writeRedrive(beginRequest(Api.redrive), request)));
    expect(moved).toHaveLength(2);
    const again = await cell.receive(up.target, deployed, (bodies) => bodies.length === 2);
    expect(again.map(({ body, attempt }) => [body.toString(), attempt])).toEqual([
      ['poison', 1],
      ['rejected', 1],
    ]);
    await cell.close();
    const administration = new QueueAdministration(up.target, options);
    await administration.remove(deployed);
    await administration.close();
    await expect(depthOf(link, dead)).rejects.toThrow('UNKNOWN_DESTINATION');
    link.close();
  });

  it('say why they are some, and stand in the order in which they came', async () => {
    const cell = new Cell(queue, 'dead-letters');
    const deployed = await deploy();
    const sender = await cell.sender(up.target, deployed);
    sender.send(['first', 'second']);
    await sender.flush();
    await settleAll(deployed, 'reject', 2);
    const letters = { ...deployed.topology.subscriptions[1], destination: 1, name: 'dead' };
    const read = { ...deployed, topology: { ...deployed.topology, subscriptions: [letters] } };
    const got = await cell.receive(up.target, read, (bodies) => bodies.length === 2);
    expect(got.map(({ death }) => death)).toEqual([
      { cause: 'rejected', deliveries: 1 },
      { cause: 'rejected', deliveries: 1 },
    ]);
    expect(got.map(({ place }) => place?.position.major)).toEqual([1, 2]);
    await cell.close();
  });

  it('are refused where they could not go anywhere', async () => {
    await expect(deploy(7)).rejects.toThrow('no queue to go to');
    const administration = new QueueAdministration(up.target, queue.profiles.lease.options);
    const limited = { name: 's', destination: 0, deliveryLimit: { deliveries: 2, deadLetters: 0 } };
    const topology = { destinations: [{ name: 'd', scopes: 1 }], subscriptions: [limited] };
    await expect(administration.apply(topology)).rejects.toThrow('needs dead-letters');
    await administration.close();
  });

  it('make rejecting a capability, which it is not without them', () => {
    expect(traits(options).capabilities.has('reject')).toBe(true);
    expect(traits(queue.profiles.lease.options).capabilities.has('reject')).toBe(false);
  });
});
