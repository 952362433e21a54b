import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findPostgres } from '../../../../harness/effects/postgres/binaries.ts';

const found = await findPostgres();
const cannot = typeof found === 'string' || !existsSync('/usr/bin/setpriv');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ackmark-postgres-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe.skipIf(cannot)('a PostgreSQL whose harness is killed with SIGKILL', () => {
  it('dies with it, and all its processes do', async () => {
    const script = new URL('./doomed-harness.ts', import.meta.url).pathname;
    const harness = spawn(process.execPath, [script, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    for await (const line of createInterface({ input: harness.stdout })) {
      lines.push(line);
      if (line === 'ready') break;
    }
    const server = Number(lines[0]);
    const children = readFileSync(`/proc/${server}/task/${server}/children`, 'utf8');
    const processes = [server, ...children.trim().split(' ').map(Number)];
    expect(lines.at(-1)).toBe('ready');
    expect(processes.length).toBeGreaterThan(3);
    expect(processes.every(isThere)).toBe(true);
    expect(uidOf(server)).not.toBe(0);
    harness.kill('SIGKILL');
    await vi.waitFor(() => expect(processes.filter(isThere)).toEqual([]), { timeout: 30_000 });
  });
});

function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}/stat`);
}

function uidOf(pid: number): number {
  return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
