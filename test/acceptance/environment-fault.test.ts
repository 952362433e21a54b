import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { cellOf, countOf, runInProcess } from './run-in-process.ts';

const engine = fileURLToPath(new URL('./ill/engine.ts', import.meta.url));

describe('a node whose environment is not well', () => {
  it('breaks no promise: what was seen is told, nothing is claimed, and the reason is given', async () => {
    const line = `--engine ${engine}@drops --scenario steady --rate 40k/s --seed 7`;
    const run = await runInProcess(...line.split(' '), '--no-controls', '--quiet');
    expect(run.exitCode, run.story).toBe(2);
    const cell = cellOf(run, 'ill@drops/steady');
    expect(cell.verdict).toBe('inconclusive');
    expect(cell.reasons[0]).toBe('environment fault: ill node: it registers again and again');
    expect(cell.judging.obliged).toEqual([]);
    expect(countOf(run, 'ill@drops/steady', 'D1')).toBeGreaterThan(0);
    expect(cell.clauses.map(({ state }) => state)).not.toContain('broken');
    expect(cell.clauses.map(({ state }) => state)).not.toContain('kept');
    expect(run.story).toContain('it registers again and again');
  });
});
