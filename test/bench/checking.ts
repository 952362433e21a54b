import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Level } from '../../harness/core/clauses.ts';
import type { Planted, PlantedOptions } from './planted-history.ts';

export interface CheckingTask extends PlantedOptions {
  readonly level: Level;
  readonly from: 'memory' | 'disk';
}

export interface CheckingReport {
  readonly planted: Planted;
  /** Without the time that making the history takes; from disk: reading and decoding included. */
  readonly judgingSeconds: number;
  /** By check: what it found, or that it decided nothing. */
  readonly found: Readonly<Record<string, number | string>>;
  /** The most that the whole process ever held. */
  readonly residentBytes: number;
  readonly stateBytes: number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs tasks in processes of their own on compiled JavaScript, which is what an installed Ackmark is: the
 * loader of TypeScript sources alone would hold 20 MB more.
 */
export class CheckingBench {
  readonly #built = mkdtempSync(join(tmpdir(), 'ackmark-built-'));

  constructor() {
    const options = ['--noEmit', 'false', '--rootDir', root, '--outDir', this.#built];
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    execFileSync(process.execPath, [compiler, '-p', root, ...options], { cwd: root });
    symlinkSync(join(root, 'node_modules'), join(this.#built, 'node_modules'));
    writeFileSync(join(this.#built, 'package.json'), '{"type":"module"}');
  }

  run(task: CheckingTask): CheckingReport {
    const worker = join(this.#built, 'test/bench/checking.worker.js');
    const output = execFileSync(
      process.execPath,
      ['--max-semi-space-size=2', worker, JSON.stringify(task)],
      { encoding: 'utf8' },
    );
    return JSON.parse(output) as CheckingReport;
  }

  close(): void {
    rmSync(this.#built, { recursive: true, force: true });
  }
}

/** What the checks of the task's level must have found, exactly; empty when they did. */
export function misjudged(task: CheckingTask, { planted, found }: CheckingReport): string[] {
  const expected: Readonly<Record<string, number>> =
    task.level === 'exactly-once'
      ? {
          D1: planted.lost,
          D4: 0,
          D5: planted.repeated,
          D6: planted.repeatedAfterAck,
          D7: 0,
          O2: planted.reordered,
        }
      : { D1: planted.lost, D7: 0, O2: planted.reordered };
  return Object.entries(expected)
    .filter(([id, count]) => found[id] !== count)
    .map(([id, count]) => `${id} found ${found[id] ?? 'nothing'}, planted ${count}`);
}
