import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { play } from './harness-loop.ts';
import { onNullEngine } from './null-engine.ts';
import type { ProfiledOptions } from './profiled/engine.ts';
import type { Taken } from './profiled/profile.ts';

const module = new URL('./profiled/engine.ts', import.meta.url).href;
const messages = 2_000_000;
const shown = 12;

/**
 * Where a producer's thread spends its time and what it allocates, as lines for a reader: header, history and latency of
 * two million messages on the null engine. Its start and the compiler's work on it are part of that.
 */
export async function measureHotPath(): Promise<readonly string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-bench-'));
  try {
    const cpu = await profiled({ of: 'cpu', file: join(directory, 'cpu.json') });
    const bytes = await profiled({ of: 'allocation', file: join(directory, 'heap.json') });
    const micros = cpu
      .filter(({ name }) => name !== '(idle)')
      .reduce((sum, { amount }) => sum + amount, 0);
    const allocated = bytes.reduce((sum, { amount }) => sum + amount, 0);
    return [
      `time of the thread: ${(micros / messages).toFixed(3)} µs a message`,
      ...cpu
        .filter(({ name }) => name !== '(idle)')
        .slice(0, shown)
        .map(
          ({ name, amount }) => `${((100 * amount) / micros).toFixed(1).padStart(6)} %  ${name}`,
        ),
      `allocated: ${(allocated / messages).toFixed(1)} bytes a message, whoever collected them`,
      ...bytes
        .slice(0, shown)
        .map(({ name, amount }) => `${(amount / messages).toFixed(2).padStart(7)} B  ${name}`),
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function profiled(options: ProfiledOptions): Promise<readonly Taken[]> {
  await play({ ...onNullEngine(messages, 10_000, 500), module, options }, {}, false);
  return JSON.parse(readFileSync(options.file, 'utf8')) as readonly Taken[];
}
