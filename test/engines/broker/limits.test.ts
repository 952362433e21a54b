import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import broker from '../../../engines/broker/engine.ts';
import type { BrokerOptions } from '../../../engines/broker/options.ts';
import { provisioner } from '../../../engines/broker/provision.ts';
import type { Deployed } from '../../../engines/engine.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { Cell } from '../embedded/actor.ts';
import { bringUp } from '../embedded/bring-up.ts';

let up: Provisioned;
beforeAll(async () => {
  up = await bringUp(provisioner);
}, 60_000);
afterAll(() => up.down());

type Override = Partial<BrokerOptions>;

/** A queue, and the dead letters of it as subscription 0 of what is returned beside. */
async function deploy(override: Override): Promise<{ main: Deployed; dead: Deployed }> {
  const options = { ...broker.profiles.expiring.options, ...override };
  const administration = await broker.administer(up.target, broker.options.parse(options));
  const name = `cell-${randomUUID()}`;
  const main = await administration.apply({
    destinations: [
      { name, scopes: 1 },
      { name: `${name}-dead`, scopes: 1 },
    ],
    subscriptions: [
      { name: `${name}-0`, destination: 0, deliveryLimit: { deliveries: 20, deadLetters: 1 } },
      { name: `${name}-1`, destination: 1 },
    ],
  });
  await administration.close();
  const { subscriptions } = main.topology;
  const topology = { ...main.topology, subscriptions: [...subscriptions].toReversed() };
  const settings = {
    ...main.settings,
    'queue.0': main.settings['queue.1'] ?? '',
    'queue.1': main.settings['queue.0'] ?? '',
  };
  return { main, dead: { ...main, topology, settings } };
}

async function sent(cell: Cell<BrokerOptions>, deployed: Deployed, count: number) {
  const sender = await cell.sender(up.target, deployed);
  const tickets = sender.send(Array.from({ length: count }, (_, index) => `m${index}`));
  await sender.flush();
  return tickets.map((ticket) => cell.outcomes.get(ticket)?.outcome);
}

describe('the limits of a queue', () => {
  it('on age move what has waited too long to the dead letters, which say so and do not expire', async () => {
    const override: Override = { messageTtlMs: 100 };
    const cell = new Cell<BrokerOptions>(broker, 'expiring', override);
    const { main, dead } = await deploy(override);
    expect(main.effective).toContain('time to live: 100 ms');
    expect(await sent(cell, main, 2)).toEqual(['ok', 'ok']);
    const got = await cell.receive(up.target, dead, (bodies) => bodies.length === 2);
    expect(got.map(({ body, death }) => [body.toString(), death])).toEqual([
      ['m0', { cause: 'expired', deliveries: 0 }],
      ['m1', { cause: 'expired', deliveries: 0 }],
    ]);
    await cell.close();
  });

  it('on length make the oldest give way, also to the dead letters', async () => {
    const override: Override = { messageTtlMs: 0, maxLength: 2 };
    const cell = new Cell<BrokerOptions>(broker, 'expiring', override);
    const { main, dead } = await deploy(override);
    expect(await sent(cell, main, 3)).toEqual(['ok', 'ok', 'ok']);
    const [oldest] = await cell.receive(up.target, dead, (bodies) => bodies.length === 1);
    expect([oldest?.body.toString(), oldest?.death]).toEqual([
      'm0',
      { cause: 'overflow', deliveries: 0 },
    ]);
    await cell.close();
  });

  it('on length refuse a publish, which its sender knows, where the profile says so', async () => {
    const override: Override = { messageTtlMs: 0, maxLength: 2, overflow: 'reject-publish' };
    const cell = new Cell<BrokerOptions>(broker, 'expiring', override);
    const { main } = await deploy(override);
    expect(await sent(cell, main, 3)).toEqual(['ok', 'ok', 'fail']);
    const got = await cell.receive(up.target, main, (bodies) => bodies.length === 2);
    expect(got.map(({ body }) => body.toString())).toEqual(['m0', 'm1']);
    await cell.close();
  });
});
