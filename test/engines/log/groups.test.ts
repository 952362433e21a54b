import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BrokerConnection } from '../../../engines/embedded/client.ts';
import { beginRequest } from '../../../engines/embedded/protocol/frame.ts';
import { writeJoinGroup } from '../../../engines/embedded/protocol/group-messages.ts';
import { Api } from '../../../engines/embedded/protocol/protocol.ts';
import type { Consumer, Deployed, Session } from '../../../engines/engine.ts';
import log from '../../../engines/log/engine.ts';
import type { LogOptions } from '../../../engines/log/options.ts';
import { profiles } from '../../../engines/log/profiles.ts';
import { provisioner } from '../../../engines/log/provision.ts';
import { topicsOf } from '../../../engines/log/routing.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { Cell } from '../embedded/actor.ts';
import { bringUp } from '../embedded/bring-up.ts';

const scopes = 4;

/** A consumer that settles nothing and remembers what it was told. */
class Member {
  readonly owned = new Set<number>();
  readonly told: string[] = [];
  readonly bodies: string[] = [];
  #session: Session | undefined;
  #consumer: Consumer | undefined;

  async open(
    up: Provisioned,
    deployed: Deployed,
    options: LogOptions,
    instance?: string,
  ): Promise<this> {
    this.#session = await log.connect(up.target, options, {
      name: 'member',
      nowNs: () => performance.now() * 1e6,
      random: () => 0.5,
      signal: new AbortController().signal,
    });
    const spec = { deployed, subscription: 0, start: { at: 'earliest' } } as const;
    const consumer = await this.#session.consumer?.(
      instance === undefined ? spec : { ...spec, instance },
      {
        deliver: (batch) => this.bodies.push(...batch.map(({ body }) => body.toString())),
        settled: () => {},
        assigned: (given) => this.#hears('assigned', given),
        revoking: async (taken) => this.#hears('revoking', taken),
        lost: (taken) => this.#hears('lost', taken),
        scopeEnded: () => {},
        disconnected: () => this.told.push('disconnected'),
      },
    );
    this.#consumer = consumer;
    return this;
  }

  get share(): number[] {
    return [...this.owned].sort((a, b) => a - b);
  }

  request(permits: number): void {
    this.#consumer?.request(permits);
  }

  /** Without a goodbye. */
  async vanish(): Promise<void> {
    await this.#session?.close();
  }

  #hears(what: 'assigned' | 'revoking' | 'lost', of: readonly number[]): void {
    this.told.push(what);
    for (const scope of of) {
      if (what === 'assigned') this.owned.add(scope);
      else this.owned.delete(scope);
    }
  }
}

const eventually = (of: () => unknown): ReturnType<typeof expect.poll> =>
  expect.poll(of, { timeout: 15_000 });

describe('the groups of a log that runs', () => {
  let up: Provisioned;
  const members: Member[] = [];
  beforeAll(async () => {
    up = await bringUp(provisioner);
  });
  afterEach(async () => {
    for (const member of members.splice(0)) await member.vanish();
  });
  afterAll(() => up.down());

  async function cellWith(changed: Partial<LogOptions>): Promise<{
    deployed: Deployed;
    cell: Cell<LogOptions>;
    join: (instance?: string) => Promise<Member>;
  }> {
    const options = { ...profiles.cooperative.options, ...changed };
    const cell = new Cell(log, 'cooperative', changed);
    const deployed = await cell.deploy(up.target, scopes);
    const join = async (instance?: string): Promise<Member> => {
      const member = await new Member().open(up, deployed, options, instance);
      members.push(member);
      return member;
    };
    return { deployed, cell, join };
  }

  test('a member that is asked for nothing any more leaves, and comes back when it is', async () => {
    const { cell, deployed, join } = await cellWith({ pollIntervalMs: 200 });
    const sender = await cell.sender(up.target, deployed);
    sender.send(['one']);
    await sender.flush();
    const idle = await join();
    idle.request(1);
    await eventually(() => idle.bodies).toEqual(['one']);
    await eventually(() => idle.told).toContain('lost');
    const busy = await join();
    busy.request(1_000);
    await eventually(() => busy.share).toEqual([0, 1, 2, 3]);
    idle.request(1_000);
    await eventually(() => idle.share.length).toBe(2);
    await eventually(() => busy.share.length).toBe(2);
    await cell.close();
  });

  test('a static member gets back what it had, and the other hears of nothing', async () => {
    const { cell, join } = await cellWith({ staticMembers: true, sessionTimeoutMs: 10_000 });
    const [one, two] = [await join('one'), await join('two')];
    // The one has given up before the other is told.
    await eventually(() => [one.share.length, two.share.length]).toEqual([2, 2]);
    const had = one.share;
    const heard = [...two.told];
    await one.vanish();
    const again = await join('one');
    expect(again.share).toEqual(had);
    expect(two.told).toEqual(heard);
    await cell.close();
  });

  test('whoever comes with the instance id of somebody else takes his place', async () => {
    const { cell, join } = await cellWith({ staticMembers: true });
    const first = await join('one');
    const second = await join('one');
    expect(second.share).toEqual([0, 1, 2, 3]);
    await eventually(() => first.told.slice(-2)).toEqual(['lost', 'disconnected']);
    await cell.close();
  });

  test('a member that is connected and sends no heartbeat is removed', async () => {
    const { cell, deployed, join } = await cellWith({});
    const pushed: number[] = [];
    const silent = await BrokerConnection.open(
      {
        address: up.target.address,
        kind: 'log',
        name: 'silent',
        connectTimeoutMs: 2_000,
        requestTimeoutMs: 5_000,
        signal: new AbortController().signal,
      },
      { pushed: (api) => pushed.push(api), closed: () => {}, drained: () => {} },
    );
    const group = deployed.topology.subscriptions[0]?.name ?? '';
    const topic = topicsOf(deployed)[0]?.id ?? 0;
    const manners = { protocol: 'cooperative', isolation: 'read-committed' } as const;
    const request = { group, topic, ...manners, instance: undefined, sessionTimeoutMs: 300 };
    await silent.call(writeJoinGroup(beginRequest(Api.joinGroup), request));
    await eventually(() => pushed).toEqual([Api.groupAssign, Api.groupRemoved]);
    expect((await join()).share).toEqual([0, 1, 2, 3]);
    silent.close();
    await cell.close();
  });
});
