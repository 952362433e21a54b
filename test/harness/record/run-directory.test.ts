import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  makeRunDirectory,
  pointLatest,
  readRecord,
  runIdOf,
  brokerKeyOf,
  runKeyOf,
  writeRecord,
} from '../../../harness/record/run-directory.ts';
import { runOf } from '../../reports/fixtures/run.ts';

const out = (): string => mkdtempSync(join(tmpdir(), 'ackmark-runs-'));

describe('a run directory', () => {
  it('is named so that runs sort by time', () => {
    const id = runIdOf(new Date('2026-01-02T03:04:05.678Z'), 0xbeef);
    expect(id).toBe('2026-01-02T03-04-05Z-0000beef');
  });

  it('keeps two runs of one seed apart', () => {
    const [one, other] = [0, 1].map((second) => runIdOf(new Date(second * 1_000), 42));
    expect(runKeyOf(one ?? '')).not.toBe(runKeyOf(other ?? ''));
    expect(runKeyOf(one ?? '')).toMatch(/^[0-9a-f]{8}$/);
    const keys = [
      brokerKeyOf(one ?? '', 'here', 1),
      brokerKeyOf(one ?? '', 'here', 2),
      brokerKeyOf(one ?? '', 'there', 1),
    ];
    expect(new Set(keys).size, 'two machines, and two processes of one').toBe(3);
  });

  it('gives two runs of one second directories of their own', () => {
    const runs = out();
    const made = [1, 2, 3].map(() => makeRunDirectory(runs, 'run'));
    expect(made).toEqual(['run', 'run-2', 'run-3'].map((name) => join(runs, name)));
  });

  it('gives back the record that was written, by itself and as the latest', () => {
    const runs = out();
    for (const seed of [1, 2]) {
      const directory = makeRunDirectory(runs, `run-${seed}`);
      writeRecord(directory, runOf([], { seed }));
      pointLatest(directory);
    }
    expect(readRecord(join(runs, 'run-1')).record.seed).toBe(1);
    expect(readRecord(join(runs, 'latest')).record).toEqual(runOf([], { seed: 2 }));
    expect(readFileSync(join(runs, 'latest', 'run.json'), 'utf8')).toMatch(/\n$/);
  });

  it.each([
    ['is not there', undefined, 'there is no run'],
    ['is cut short', '{"schemaVersion": 1, "ce', 'is not JSON'],
    ['is of another version', '{"schemaVersion": 1}', 'schemaVersion'],
  ])('says what is wrong with a record that %s', (_what, text, why) => {
    const directory = makeRunDirectory(out(), 'run');
    if (text !== undefined) writeFileSync(join(directory, 'run.json'), text);
    expect(() => readRecord(directory)).toThrow(expect.objectContaining({ code: 'BAD_RUN' }));
    expect(() => readRecord(directory)).toThrow(why);
  });
});
