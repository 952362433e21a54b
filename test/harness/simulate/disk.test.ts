import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../harness/core/random.ts';
import { Agenda } from '../../../harness/simulate/world/agenda.ts';
import { Disk } from '../../../harness/simulate/world/disk.ts';

function bytesOf(disk: Disk, segment: number): Buffer {
  const bytes = Buffer.alloc(disk.size(segment));
  disk.read(segment, 0, bytes);
  return bytes;
}

describe('a simulated disk', () => {
  it('keeps what was synced through a power loss, and of the rest a part at most', () => {
    fc.assert(
      fc.property(fc.nat(), fc.uint8Array(), fc.uint8Array(), (seed, first, second) => {
        const agenda = new Agenda();
        const disk = new Disk(agenda, randomFrom(seed));
        disk.create(0);
        disk.append(0, [Buffer.from(first)]);
        let isSynced = false;
        disk.sync(0, () => {
          isSynced = true;
        });
        agenda.run(1e9);
        disk.append(0, [Buffer.from(second)]);
        disk.losePower();
        // A segment of which no byte was synced may be gone itself.
        const left = disk.list().includes(0) ? bytesOf(disk, 0) : Buffer.alloc(0);
        expect(isSynced).toBe(true);
        expect(left.subarray(0, first.length)).toEqual(Buffer.from(first));
        expect(left.length).toBeLessThanOrEqual(first.length + second.length);
      }),
    );
  });

  it('loses what stands where a sync that was under way found something else, now cut off', () => {
    const agenda = new Agenda();
    const disk = new Disk(agenda, randomFrom(1));
    let least = Number.POSITIVE_INFINITY;
    for (let segment = 0; segment < 20; segment += 1) {
      disk.create(segment);
      disk.append(segment, [Buffer.alloc(100)]);
      disk.sync(segment, () => {});
      disk.truncate(segment, 10);
      disk.append(segment, [Buffer.alloc(90)]);
    }
    agenda.run(1e9);
    disk.losePower();
    for (const segment of disk.list()) least = Math.min(least, disk.size(segment));
    expect(least).toBeGreaterThanOrEqual(10);
    expect(least).toBeLessThan(100);
  });

  it('keeps everything written when only the process dies, and tells it of no sync any more', () => {
    const agenda = new Agenda();
    const disk = new Disk(agenda, randomFrom(1));
    disk.create(0);
    disk.append(0, [Buffer.from('written')]);
    disk.sync(0, () => expect.unreachable('the process is gone'));
    disk.loseProcess();
    agenda.run(1e9);
    expect(bytesOf(disk, 0).toString()).toBe('written');
  });

  it('refuses what does not fit, having written what did', () => {
    const disk = new Disk(new Agenda(), randomFrom(1));
    disk.create(0);
    disk.setRoom(3);
    expect(() => disk.append(0, [Buffer.from('five!')])).toThrow('no space left');
    expect(bytesOf(disk, 0).toString()).toBe('fiv');
    disk.truncate(0, 1);
    disk.append(0, [Buffer.from('xy')]);
    expect(bytesOf(disk, 0).toString()).toBe('fxy');
  });
});
