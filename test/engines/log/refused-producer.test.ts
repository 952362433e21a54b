import { afterEach, expect, test } from 'vitest';
import { Status } from '../../../engines/embedded/protocol/protocol.ts';
import log from '../../../engines/log/engine.ts';
import { provisioner } from '../../../engines/log/provision.ts';
import { Cell } from '../embedded/actor.ts';
import { bringUp } from '../embedded/bring-up.ts';

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

test('an idempotent producer whose batches went with the power goes on as a new one, in order', async () => {
  const broker = await bringUp(provisioner);
  undo.push(() => broker.down());
  const cell = new Cell(log, 'idempotent');
  undo.push(() => cell.close());
  const deployed = await cell.deploy(broker.target);
  const sender = await cell.sender(broker.target, deployed);
  for (let sent = 0; sent < 20; sent += 1) {
    sender.send([`lost ${sent}`]);
    await sender.flush();
  }
  const evidence = await broker.nodes[0]?.losePower?.();
  expect(evidence?.lostBytes).toBeGreaterThan(0);
  const [refused = 0] = sender.send(['refused']);
  await broker.nodes[0]?.restart();
  await sender.flush();
  expect(cell.outcomes.get(refused)?.code).toBe(Status.outOfOrderSequence);
  const bodies = Array.from({ length: 30 }, (_, index) => `after ${index}`);
  const tickets = bodies.flatMap((body) => sender.send([body]));
  await sender.flush();
  const outcomes = tickets.map((ticket) => cell.outcomes.get(ticket)?.outcome);
  expect(new Set(outcomes)).toEqual(new Set(['ok']));
  expect(cell.disconnections).toEqual([]);
  const got = await cell.receive(broker.target, deployed, (all) => all.includes('after 29'));
  expect(got.map(({ body }) => body.toString())).toEqual(bodies);
});
