import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { main } from '../../harness/cli/main.ts';
import { runRecord } from '../../harness/record/schema.ts';
import { fakeHost } from '../harness/cli/fake-host.ts';

const engine = fileURLToPath(new URL('./mailbox/engine.ts', import.meta.url));

describe('a run that is interrupted', () => {
  it('ends with 130, and keeps the cells that were over', async () => {
    const argv = ['run', '--engine', `${engine}@sound`, '--scenario', 'steady', '--no-controls'];
    const host = fakeHost([...argv, '--rounds', '2', '--rate', '50k/s']);
    let seen = '';
    const watching = {
      ...host,
      stderr: (text: string) => {
        seen += text;
        if (seen.includes('1/2')) host.interrupt();
      },
    };
    expect(await main(watching)).toBe(130);
    const path = join(host.directory, 'runs', 'latest', 'run.json');
    const record = runRecord.parse(JSON.parse(readFileSync(path, 'utf8')));
    expect(record.interrupted).toBe(true);
    expect(record.cellsPlanned).toBe(2);
    expect(record.cells.filter((cell) => cell.status === 'judged')).toHaveLength(1);
  });
});
