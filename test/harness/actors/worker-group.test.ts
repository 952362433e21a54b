import { afterAll, describe, expect, it } from 'vitest';
import { createWorkerGroup } from '../../../harness/actors/worker-group.ts';
import { EventKind } from '../../../harness/core/events.ts';
import { Entry, readLog } from './fixtures/script.ts';
import {
  consumerSpec,
  eventsOf,
  clearStage,
  logOf,
  nowNs,
  openLoad,
  producerSpec,
  spawn,
  until,
} from './stage.ts';

afterAll(clearStage);

const endless = { load: openLoad(10_000_000, 5_000) };

describe('a worker group', () => {
  it('refuses a module that is no engine and names the place', async () => {
    const url = new URL('./fixtures/not-an.engine.ts', import.meta.url).href;
    await expect(spawn({ ...producerSpec({}), engineModule: url })).rejects.toMatchObject({
      code: 'BAD_ENGINE',
      message: expect.stringContaining('not-an.engine.ts'),
    });
  });

  it('refuses a module that cannot be loaded and names the place', async () => {
    const engineModule = 'file:///nowhere/engine.ts';
    await expect(spawn({ ...producerSpec({}), engineModule })).rejects.toMatchObject({
      code: 'BAD_ENGINE',
      message: expect.stringContaining('nowhere'),
    });
  });

  it('rejects a spawn that cannot connect, with the engine’s reason', async () => {
    await expect(spawn(producerSpec({ refuseFirst: true }))).rejects.toMatchObject({
      code: 'CONNECT_FAILED',
      message: expect.stringContaining('refused'),
    });
    await expect(spawn(consumerSpec({}))).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
  });

  it('crashes an actor without a goodbye, and its history and counters stay readable', async () => {
    const spec = producerSpec({}, endless);
    const actor = await spawn(spec);
    actor.start(nowNs());
    await until(() => actor.counters().sent > 500);
    await actor.crash();
    expect(await actor.ended).toEqual({ how: 'crashed' });
    const { sent, acknowledged } = actor.counters();
    const events = eventsOf(spec.ring);
    const invoked = events.filter((event) => event.kind === EventKind.sendInvoke);
    const settled = events.filter((event) => event.kind === EventKind.sendSettled);
    // The counter of a batch is raised before the batch is handed over and after it is written down.
    expect(invoked.length).toBeGreaterThanOrEqual(sent);
    expect(invoked.length - sent).toBeLessThanOrEqual(spec.batchMessages);
    expect(Math.abs(settled.length - acknowledged)).toBeLessThanOrEqual(1);
    expect(events.every((event) => event.timeNs > 0 && event.actor === 9)).toBe(true);
    expect(readLog(logOf(spec), Entry.closed), 'no session was closed').toEqual([]);
    expect(events.some((event) => event.kind === EventKind.sessionClosed)).toBe(false);
  });

  it('stalls an actor: its thread stands still, and the timetable is kept afterwards', async () => {
    const spec = producerSpec({}, endless);
    const actor = await spawn(spec);
    actor.start(nowNs());
    await until(() => actor.counters().sent > 50);
    const before = actor.counters().sent;
    actor.stall(120);
    // More than was due while it stood still, however late this thread has told it to.
    await until(() => actor.counters().sent > before + 1_500);
    actor.finish();
    const end = await actor.ended;
    expect(end.how).toBe('finished');
    const invoked = eventsOf(spec.ring).filter((event) => event.kind === EventKind.sendInvoke);
    const gaps = invoked.slice(1).map((event, i) => event.timeNs - (invoked[i]?.timeNs ?? 0));
    expect(Math.max(...gaps)).toBeGreaterThanOrEqual(110e6);
    const start = invoked[0]?.auxNs ?? 0;
    const last = start + (invoked.length - 1) * 200_000;
    expect(invoked.at(-1)?.auxNs).toBeCloseTo(last, -2);
  });

  it('crashes a stalled actor', async () => {
    const actor = await spawn(producerSpec({}, endless));
    actor.start(nowNs());
    actor.stall(600_000);
    await actor.crash();
    expect(await actor.ended).toEqual({ how: 'crashed' });
  });

  it('finishes a producer that was never started', async () => {
    const actor = await spawn(producerSpec({}));
    actor.finish();
    expect((await actor.ended).how).toBe('finished');
  });

  it('terminates whoever is left when it is closed', async () => {
    const own = createWorkerGroup();
    const actor = await own.spawn(producerSpec({}, endless));
    actor.start(nowNs());
    await own.close();
    expect(await actor.ended).toEqual({ how: 'crashed' });
  });
});
