import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyEvent } from '../../../harness/core/events.ts';
import { readEvent } from '../../../harness/core/event-codec.ts';
import { nodeDisk } from '../../../harness/history/node-disk.ts';
import { createRing } from '../../../harness/history/ring.ts';
import { RingReader } from '../../../harness/history/ring-reader.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ackmark-ring-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function writeInWorker(capacity: number, events: number) {
  const ring = createRing(capacity, join(directory, 'worker.spill'), 8);
  const url = new URL('./ring-writer.worker.ts', import.meta.url);
  const worker = new Worker(url, { workerData: { ring, events } });
  return { worker, reader: new RingReader(ring, nodeDisk, 32) };
}

/** Takes until nothing is left; fails at the first record that is not the next one. */
function take(reader: RingReader, from: number): number {
  const copy = emptyEvent();
  let next = from;
  for (let count = reader.refill(); count > 0; count = reader.refill()) {
    for (let index = 0; index < count; index += 1) {
      readEvent(reader.block, index, copy);
      if (copy.seq !== next || copy.timeNs !== next) expect(copy).toMatchObject({ seq: next });
      next += 1;
    }
  }
  return next;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a ring between two threads', () => {
  it.each([1, 7, 64])('of capacity %i loses, repeats and tears nothing', async (capacity) => {
    const events = 200_000;
    const { worker, reader } = writeInWorker(capacity, events);
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    let next = 0;
    while (next < events) {
      next = take(reader, next);
      await nextTurn();
    }
    await ended;
    expect(take(reader, next)).toBe(events);
    expect(reader.lost()).toBe(0);
    reader.close();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is whole up to where its writer was terminated', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { worker, reader } = writeInWorker(5, Number.MAX_SAFE_INTEGER);
      let next = 0;
      while (next < 1_000 * (round + 1)) {
        next = take(reader, next);
        await nextTurn();
      }
      await worker.terminate();
      const end = take(reader, next);
      expect(take(reader, end)).toBe(end);
      reader.close();
    }
  });
});
