import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AdminLink } from '../../../engines/embedded/admin-link.ts';
import { beginRequest } from '../../../engines/embedded/protocol/frame.ts';
import { Api } from '../../../engines/embedded/protocol/protocol.ts';
import {
  readFoundOffsets,
  writeFindOffsets,
} from '../../../engines/embedded/protocol/topic-messages.ts';
import type { Consumer, Deployed, Session } from '../../../engines/engine.ts';
import log from '../../../engines/log/engine.ts';
import type { LogOptions } from '../../../engines/log/options.ts';
import { profiles } from '../../../engines/log/profiles.ts';
import { provisioner } from '../../../engines/log/provision.ts';
import { topicsOf } from '../../../engines/log/routing.ts';
import type { Provisioned } from '../../../engines/provisioner.ts';
import { Cell } from '../embedded/actor.ts';
import { bringUp } from '../embedded/bring-up.ts';

/** Every batch has a segment of its own, and all but the newest go at once. */
const forgetful = { segmentBytes: 1_024, cleanup: { kind: 'delete', bytes: 1 } } as const;
const body = (of: string): string => of.padEnd(1_500, '.');

/** A consumer that takes what the test asks for, one at a time. */
class Slow {
  readonly bodies: string[] = [];
  readonly disconnections: unknown[] = [];
  readonly #consumer: Consumer;
  readonly #session: Session;

  private constructor(session: Session, consumer: Consumer, bodies: string[], errors: unknown[]) {
    this.#session = session;
    this.#consumer = consumer;
    this.bodies = bodies;
    this.disconnections = errors;
  }

  static async open(up: Provisioned, deployed: Deployed, options: LogOptions): Promise<Slow> {
    const session = await log.connect(up.target, options, {
      name: 'slow',
      nowNs: () => performance.now() * 1e6,
      random: () => 0.5,
      signal: new AbortController().signal,
    });
    const [bodies, errors]: [string[], unknown[]] = [[], []];
    const consumer = await session.consumer?.(
      { deployed, subscription: 0, start: { at: 'earliest' } },
      {
        deliver: (batch) =>
          bodies.push(...batch.map((one) => one.body.toString().split('.')[0] ?? '')),
        settled: () => {},
        assigned: () => {},
        revoking: () => Promise.resolve(),
        lost: () => {},
        scopeEnded: () => {},
        disconnected: (error) => errors.push(error),
      },
    );
    if (consumer === undefined) throw new Error('no consumer');
    return new Slow(session, consumer, bodies, errors);
  }

  async take(count: number, isEnough: () => boolean): Promise<void> {
    this.#consumer.request(count);
    await expect.poll(isEnough, { timeout: 10_000 }).toBe(true);
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

describe('a consumer whose position retention has removed', () => {
  let up: Provisioned;
  beforeAll(async () => {
    up = await bringUp(provisioner);
  });
  afterAll(() => up.down());

  /** It has read "first" and stands before what is removed then: "second" and all but the newest. */
  async function overtaken(reset: LogOptions['reset']): Promise<{
    slow: Slow;
    cell: Cell<LogOptions>;
    send: (of: string) => Promise<void>;
  }> {
    const cell = new Cell(log, 'acks-all', { ...forgetful, reset });
    const deployed = await cell.deploy(up.target);
    const sender = await cell.sender(up.target, deployed);
    const options = { ...profiles['acks-all'].options, ...forgetful, reset };
    const slow = await Slow.open(up, deployed, options);
    const send = async (of: string): Promise<void> => {
      sender.send([body(of)]);
      await sender.flush();
    };
    await send('first');
    await slow.take(1, () => slow.bodies.length === 1);
    for (const of of ['second', 'third', 'fourth']) await send(of);
    await expect.poll(() => startOf(up, deployed), { timeout: 10_000 }).toBe(3);
    return { slow, cell, send };
  }

  test('goes on at the earliest that is left', async () => {
    const { slow, cell } = await overtaken('earliest');
    await slow.take(1, () => slow.bodies.length === 2);
    expect(slow.bodies).toEqual(['first', 'fourth']);
    await slow.close();
    await cell.close();
  });

  test('goes on with what comes from now on', async () => {
    const { slow, cell, send } = await overtaken('latest');
    const taken = slow.take(1, () => slow.bodies.length === 2);
    // Until it has found out where the end is, what comes is before it.
    const sent: Promise<void>[] = [];
    const sending = setInterval(() => sent.push(send('later')), 50);
    await taken;
    clearInterval(sending);
    await Promise.all(sent);
    expect(slow.bodies).toEqual(['first', 'later']);
    await slow.close();
    await cell.close();
  });

  test('goes no further, and says why', async () => {
    const { slow, cell } = await overtaken('fail');
    await slow.take(1, () => slow.disconnections.length === 1);
    expect(String(slow.disconnections[0])).toMatch(/offset 1 of partition 0 is gone: 3 to 4 are/);
    expect(slow.bodies).toEqual(['first']);
    await slow.close();
    await cell.close();
  });
});

/** Where the only partition begins. */
async function startOf(up: Provisioned, deployed: Deployed): Promise<number> {
  const link = new AdminLink(up.target.address, 'log', 5_000);
  const [topic] = topicsOf(deployed);
  const request = writeFindOffsets(beginRequest(Api.findOffsets), {
    topic: topic?.id ?? 0,
    timeMs: 0,
  });
  const [found] = readFoundOffsets(await link.call(request));
  link.close();
  return found?.start ?? -1;
}
