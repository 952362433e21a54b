import { existsSync, mkdtempSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ProcessSpec } from '../../../engines/provisioner.ts';
import { bornAt } from '../../../harness/provision/born-at.ts';
import { openLifeLine } from '../../../harness/provision/life-line.ts';
import { startProcess } from '../../../harness/provision/managed-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'ackmark-process-'));

function spec(name: string, script: string): ProcessSpec {
  return {
    name,
    command: process.execPath,
    arguments: ['-e', script],
    directory,
    environment: {},
    logFile: join(directory, `${name}.log`),
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a supervised process', () => {
  it('is ready when its readiness says so', async () => {
    const child = await startProcess(
      spec('ready', 'console.log("up"); setInterval(() => {}, 1000)'),
      [],
    );
    await child.ready(() => child.logged('up'), 20_000);
    expect(isAlive(child.pid)).toBe(true);
    expect(await child.kill('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('that ends before it is ready is an error with the end of its log', async () => {
    const child = await startProcess(
      spec('dying', 'console.error("no such port"); process.exit(3)'),
      [],
    );
    await expect(child.ready(async () => false, 20_000)).rejects.toMatchObject({
      code: 'PROCESS_DIED',
      message: expect.stringContaining('no such port'),
    });
  });

  it('that never becomes ready is an error with the end of its log', async () => {
    const child = await startProcess(
      spec('slow', 'console.log("still thinking"); setInterval(() => {}, 1000)'),
      [],
    );
    await child.ready(() => child.logged('still'), 20_000);
    await expect(child.ready(async () => false, 100)).rejects.toMatchObject({
      code: 'TARGET_NOT_READY',
      message: expect.stringContaining('still thinking'),
    });
    await child.kill('SIGKILL');
  });

  it('is given up in time, however long a look takes', async () => {
    const child = await startProcess(spec('asked', 'setInterval(() => {}, 1000)'), []);
    let looks = 0;
    const slowly = async (): Promise<boolean> => {
      looks += 1;
      await pause(200);
      return false;
    };
    await expect(child.ready(slowly, 500)).rejects.toMatchObject({ code: 'TARGET_NOT_READY' });
    // Pauses of 50 ms alone would have been ten.
    expect(looks).toBeLessThan(4);
    await child.kill('SIGKILL');
  });

  it('that cannot be started names the command', async () => {
    const wrong = { ...spec('absent', ''), command: '/nonexistent/broker' };
    await expect(startProcess(wrong, [])).rejects.toMatchObject({
      code: 'TARGET_UNAVAILABLE',
      message: expect.stringContaining('/nonexistent/broker'),
    });
  });

  it('is killed when it does not stop in time', async () => {
    const child = await startProcess(
      spec(
        'stubborn',
        'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)',
      ),
      [],
    );
    await child.ready(() => child.logged('up'), 20_000);
    expect(await child.stop(50)).toEqual({ code: null, signal: 'SIGKILL' });
  });
});

describe('the life line', () => {
  it('kills the children with a parent that was killed with SIGKILL', async () => {
    const lifeLine = openLifeLine(join(directory, 'pids'), process.pid, () => {});
    if (lifeLine.guard.length === 0) return;
    const [setpriv, ...guard] = lifeLine.guard;
    const file = join(directory, 'grandchild.pid');
    const script =
      `const { spawn } = require('node:child_process');` +
      `const c = spawn(${JSON.stringify(setpriv)}, ${JSON.stringify([...guard, process.execPath, '-e', 'setInterval(() => {}, 1000)'])}, { detached: true });` +
      `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(c.pid)); setInterval(() => {}, 1000);`;
    writeFileSync(file, '');
    const parent = spawn(process.execPath, ['-e', script]);
    while (readFileSync(file, 'utf8') === '') await pause(20);
    const grandchild = Number(readFileSync(file, 'utf8'));
    expect(isAlive(grandchild)).toBe(true);
    // The guard must have reached its exec before the parent dies, or there is nothing to inherit.
    while (!readFileSync(`/proc/${grandchild}/cmdline`, 'utf8').startsWith(process.execPath)) {
      await pause(20);
    }
    parent.kill('SIGKILL');
    while (isAlive(grandchild)) await pause(20);
    expect(isAlive(grandchild)).toBe(false);
  });

  it('sweeps what a dead harness left, and nothing whose pid was recycled', () => {
    const place = mkdtempSync(join(tmpdir(), 'ackmark-pids-'));
    const stat = readFileSync(`/proc/${process.pid}/stat`, 'utf8');
    const born = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    const dead = 2 ** 22 + 1;
    const left = mkdtempSync(join(tmpdir(), 'ackmark-left-'));
    const foreign = mkdtempSync(join(tmpdir(), 'somebody-elses-'));
    writeFileSync(
      join(place, `${dead}.json`),
      JSON.stringify({
        owner: '1',
        children: [
          { pid: process.pid, born },
          { pid: process.ppid, born: 'recycled' },
        ],
        directories: [left, foreign],
      }),
    );
    const killed: number[] = [];
    openLifeLine(place, process.pid, (pid) => killed.push(pid));
    expect(killed).toEqual([process.pid]);
    expect([left, foreign].map((path) => existsSync(path))).toEqual([false, true]);
  });

  it('leaves alone what it cannot read of a harness that lives, and removes it of a dead one', () => {
    const place = mkdtempSync(join(tmpdir(), 'ackmark-pids-'));
    const dead = 2 ** 22 + 1;
    const half = '{"owner":"12';
    const files = [process.ppid, dead].flatMap((pid) => [`${pid}.json`, `${pid}.json.new`]);
    for (const name of files) writeFileSync(join(place, name), half);
    openLifeLine(place, process.pid, () => {});
    expect(readdirSync(place).toSorted()).toEqual(
      files.filter((name) => !name.startsWith(String(dead))).toSorted(),
    );
  });

  it('has its file whole at every moment, and gone in the end', async () => {
    const place = mkdtempSync(join(tmpdir(), 'ackmark-pids-'));
    const lifeLine = openLifeLine(place, process.pid, () => {});
    const seen: string[] = [];
    const watcher = watch(place, (_event, name) => seen.push(name ?? ''));
    lifeLine.rememberDirectory('/ackmark-somewhere');
    lifeLine.remember(process.ppid);
    expect(readdirSync(place)).toEqual([`${process.pid}.json`]);
    expect(JSON.parse(readFileSync(join(place, `${process.pid}.json`), 'utf8'))).toMatchObject({
      children: [{ pid: process.ppid }],
      directories: ['/ackmark-somewhere'],
    });
    lifeLine.close();
    expect(readdirSync(place)).toEqual([]);
    while (!seen.includes(`${process.pid}.json`)) await pause(5);
    watcher.close();
    expect(seen[0]).toBe(`${process.pid}.json.new`);
  });

  it('takes a child that another harness has swept in the same moment for what it is: gone', () => {
    const sweepWith = (code: string): void => {
      const place = mkdtempSync(join(tmpdir(), 'ackmark-pids-'));
      const children = [{ pid: process.pid, born: bornAt(process.pid) }];
      const file = join(place, `${2 ** 22 + 1}.json`);
      writeFileSync(file, JSON.stringify({ owner: '1', children, directories: [] }));
      openLifeLine(place, process.pid, () => {
        throw Object.assign(new Error(`kill ${code}`), { code });
      });
      expect(existsSync(file)).toBe(false);
    };
    sweepWith('ESRCH');
    expect(() => sweepWith('EPERM')).toThrow('EPERM');
  });
});
