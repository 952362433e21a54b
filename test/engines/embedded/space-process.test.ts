import { mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import broker from '../../../engines/broker/engine.ts';
import { pathOfSegment, segmentsIn } from '../../../engines/embedded/host/segment-files.ts';
import type { BrokerKind } from '../../../engines/embedded/protocol/protocol.ts';
import type { Deployed } from '../../../engines/engine.ts';
import log from '../../../engines/log/engine.ts';
import queue from '../../../engines/queue/engine.ts';
import { Cell } from './actor.ts';
import { BrokerChild } from './broker-child.ts';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

const segmentBytes = 131_072;

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'ackmark-space-'));
  undo.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function start(kind: BrokerKind, data: string, more: readonly string[] = []) {
  const settings = ['--segment-bytes', `${segmentBytes}`, ...more];
  const child = await BrokerChild.start({ kind, data, settings });
  undo.push(() => child.kill());
  return child;
}

function bytesIn(data: string): number {
  const names = readdirSync(data).filter((name) => name.endsWith('.journal'));
  // One may go in between.
  const sizeOf = (name: string) => statSync(join(data, name), { throwIfNoEntry: false })?.size ?? 0;
  return names.reduce((sum, name) => sum + sizeOf(name), 0);
}

const cells: Readonly<Record<BrokerKind, () => Pick<Cell<unknown>, keyof Cell<unknown>>>> = {
  log: () => new Cell(log, 'short-retention', { cleanup: { kind: 'delete', bytes: 65_536 } }),
  queue: () => new Cell(queue, 'lease'),
  broker: () => new Cell(broker, 'manual-ack'),
};

const letters = (round: number): string[] =>
  Array.from({ length: 100 }, (_, at) => `${round}.${at}`.padEnd(1000, '.'));

test.each(['log', 'queue', 'broker'] as const)(
  'the %s process does not fill the disk with what is read and gone, and has the rest after a restart',
  async (kind) => {
    const data = directory();
    let child = await start(kind, data);
    const cell = cells[kind]();
    undo.push(() => cell.close());
    const deployed = await cell.deploy(child.target);
    for (let round = 0; round < 40; round += 1) {
      const sender = await cell.sender(child.target, deployed);
      sender.send(letters(round));
      await sender.flush();
      const last = letters(round).at(-1) ?? '';
      if (round < 39) await cell.receive(child.target, deployed, (all) => all.includes(last));
      // Of the four megabytes that are written in all. What is read and gone goes when the broker looks the next time.
      await expect.poll(() => bytesIn(data)).toBeLessThan(12 * segmentBytes);
      if (round % 13 !== 12) continue;
      await child.kill();
      child = await start(kind, data);
    }
    expect([...cell.outcomes.values()].every(({ outcome }) => outcome === 'ok')).toBe(true);
    const got = await cell.receive(child.target, deployed, (all) =>
      all.includes(letters(39).at(-1) ?? ''),
    );
    const bodies = got.map(({ body }) => body.toString());
    expect(bodies).toEqual(expect.arrayContaining(letters(39).slice(-20)));
  },
);

test('the log process has its older segments in a tier, and a replay from the beginning reads them there', async () => {
  const data = directory();
  const more = ['--local-bytes', `${2 * segmentBytes}`];
  const first = await start('log', data, more);
  const cell = new Cell(log, 'acks-all');
  undo.push(() => cell.close());
  const deployed = await cell.deploy(first.target);
  const sender = await cell.sender(first.target, deployed);
  for (let round = 0; round < 10; round += 1) {
    sender.send(letters(round));
    await sender.flush();
  }
  await expect.poll(() => bytesIn(data), { timeout: 10_000 }).toBeLessThanOrEqual(2 * segmentBytes);
  expect(bytesIn(join(data, 'tier'))).toBeGreaterThan(4 * segmentBytes);
  await first.kill();
  const again = await start('log', data, more);
  const reads = () => Number(/.*tier: \d+ segments, (\d+) reads?/s.exec(again.output)?.[1] ?? 0);
  // Recovery reads everything.
  await expect.poll(reads, { timeout: 10_000 }).toBeGreaterThan(0);
  const before = reads();
  const all = Array.from({ length: 10 }, (_, round) => letters(round)).flat();
  const got = await cell.receive(again.target, deployed, (bodies) => bodies.length >= all.length);
  expect(got.map(({ body }) => body.toString())).toEqual(all);
  await expect.poll(reads, { timeout: 10_000 }).toBeGreaterThanOrEqual(before + 5);
});

test('the log process does not start without the tier in which acknowledged messages are', async () => {
  const data = directory();
  const more = ['--local-bytes', `${2 * segmentBytes}`];
  const first = await start('log', data, more);
  const cell = new Cell(log, 'acks-all');
  undo.push(() => cell.close());
  const deployed = await cell.deploy(first.target);
  const sender = await cell.sender(first.target, deployed);
  for (let round = 0; round < 10; round += 1) {
    sender.send(letters(round));
    await sender.flush();
  }
  await expect.poll(() => bytesIn(data), { timeout: 10_000 }).toBeLessThanOrEqual(2 * segmentBytes);
  await first.kill();
  const elsewhere = `${data}.lost`;
  renameSync(join(data, 'tier'), elsewhere);
  undo.push(() => rmSync(elsewhere, { recursive: true, force: true }));
  const without = await start('log', data, more);
  expect(await without.ended).toBe(1);
  expect(without.output).toMatch(/journal segment \d+ starts with entry \d+, expected 0/);
  rmSync(join(data, 'tier'), { recursive: true, force: true });
  renameSync(elsewhere, join(data, 'tier'));
  const again = await start('log', data, more);
  const got = await cell.receive(again.target, deployed, (bodies) => bodies.length >= 1_000);
  expect(got.length).toBe(1_000);
});

test('the log process does not start without a segment from before its checkpoint in which messages are', async () => {
  const data = directory();
  const first = await start('log', data);
  const kept = new Cell(log, 'acks-all');
  const churned = cells.log();
  undo.push(
    () => kept.close(),
    () => churned.close(),
  );
  const sendAll = async (cell: typeof churned, deployed: Deployed, rounds: number) => {
    const sender = await cell.sender(first.target, deployed);
    for (let round = 0; round < rounds; round += 1) {
      sender.send(letters(round));
      await sender.flush();
    }
  };
  await sendAll(kept, await kept.deploy(first.target), 1);
  const deployed = await churned.deploy(first.target);
  await expect
    .poll(
      async () => {
        await sendAll(churned, deployed, 10);
        return segmentsIn(readdirSync(data)).includes(1);
      },
      { timeout: 20_000 },
    )
    .toBe(false);
  await first.kill();
  expect(segmentsIn(readdirSync(data))).toContain(0);
  rmSync(pathOfSegment(data, 0));
  const without = await start('log', data);
  expect(await without.ended).toBe(1);
  expect(without.output).toContain('journal segment 0 is missing, and messages are in it');
});
