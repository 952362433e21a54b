import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli/main.ts';
import { windowsOf } from '../../reports/fixtures/windows.ts';
import { defaultSuiteRun } from '../../reports/fixtures/run.ts';
import { fakeHost } from './fake-host.ts';

async function shown(...parts: readonly string[]) {
  const host = fakeHost(['show', 'run-1', ...parts]);
  const run = defaultSuiteRun();
  const cells = run.cells.map((cell) =>
    cell.status === 'judged' && cell.scenario === 'steady'
      ? { ...cell, ...windowsOf({ faults: [] }, 0, 13) }
      : { ...cell, windows: [] },
  );
  mkdirSync(join(host.directory, 'run-1'));
  writeFileSync(join(host.directory, 'run-1', 'run.json'), JSON.stringify({ ...run, cells }));
  return { code: await main(host), out: host.out(), err: host.err() };
}

describe('ackmark show', () => {
  it.each([
    ['stedy', 'steady'],
    ['acks-all/broker-crsh', 'acks-all/broker-crash'],
    ['lgo@acks-all/steady', 'log@acks-all/steady'],
  ])('says of a cell that the run does not have, %s, what was meant', async (wrong, meant) => {
    const { code, out, err } = await shown(wrong);
    expect(code).toBe(64);
    expect(out).toBe('');
    expect(err).toContain(`did you mean ${meant}?`);
    expect(err).toContain('Cells: ');
  });

  it('shows the cells that hold the part, and says so of those without figures', async () => {
    const { code, out } = await shown('acks-all/steady');
    expect(code).toBe(0);
    expect(out).toContain('log@acks-all/steady');
    const without = await shown('broker-crash');
    expect(without.code).toBe(0);
    expect(without.out).toContain('No cell of this run has such figures.');
  });
});
