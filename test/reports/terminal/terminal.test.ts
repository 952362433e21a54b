import { stripVTControlCharacters, styleText } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClauseState, RunRecord } from '../../../harness/record/schema.ts';
import { plainOptions, type ReportOptions } from '../../../reports/report.ts';
import { terminal } from '../../../reports/terminal/reporter.ts';
import { actingCharacters } from '../fixtures/acting.ts';
import { nastyStrings, smallRun, withStrings } from '../fixtures/hostile.ts';
import { defaultSuiteRun, mixedRun, runOf } from '../fixtures/run.ts';

const options: ReportOptions = {
  ...plainOptions,
  written: [{ format: 'html', path: 'runs/latest/report.html' }],
};

async function rendered(record: RunRecord, changes: Partial<ReportOptions> = {}): Promise<string> {
  return terminal.render(record, { ...options, ...changes });
}

describe('the terminal report', () => {
  it('of a good default suite', async () => {
    await expect(await rendered(defaultSuiteRun())).toMatchFileSnapshot('golden/default.txt');
  });

  it('of a run with every state of a cell', async () => {
    await expect(await rendered(mixedRun())).toMatchFileSnapshot('golden/mixed.txt');
  });

  it('of that run in full, in ASCII', async () => {
    const text = await rendered(mixedRun(), { detail: 'full', ascii: true });
    await expect(text).toMatchFileSnapshot('golden/mixed-full-ascii.txt');
  });

  it('fits a screen for the default suite', async () => {
    const lines = (await rendered(defaultSuiteRun())).split('\n');
    expect(lines.length).toBeLessThanOrEqual(40);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(120);
  });

  it('goes verdict, failures with evidence, numbers, caveats, next step', async () => {
    const text = await rendered(mixedRun());
    const order = [
      '✗ BROKEN  1 of 93 claims',
      'D1 acknowledged message lost',
      'witness  message 3:412',
      'replay   ackmark run --engine log@acks-all',
      'PROMISES',
      'PRICE OF A GUARANTEE',
      '! 26 of 28 planned cells',
      'html    runs/latest/report.html',
      'exit 1',
    ].map((part) => text.indexOf(part));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('explains of the matrix what stands in it, and nothing else', async () => {
    const cell = mixedRun().cells.find((one) => one.status === 'judged');
    if (cell?.status !== 'judged') throw new Error('the fixture has no judged cell');
    const [d1, d4] = cell.clauses;
    if (d1 === undefined || d4 === undefined) throw new Error('the fixture has no clauses');
    const seen = (clause: typeof d1, state: ClauseState) => ({ ...clause, state, count: 1 });
    const legendOf = async (...clauses: readonly (typeof d1)[]) => {
      const text = await rendered(runOf([{ ...cell, clauses: [...clauses] }]));
      const [matrix = ''] = /PROMISES.*?\n\n/s.exec(text) ?? [];
      return matrix.trimEnd().split('\n').slice(3);
    };
    const [first, second] = [`  ${d1.check} ${d1.title}`, `  ${d4.check} ${d4.title}`];
    // The cell has room for the worst only.
    expect(await legendOf(seen(d1, 'broken'), seen(d4, 'unclaimed-violated'))).toEqual([first]);
    expect(await legendOf(seen(d4, 'unclaimed-violated'))).toEqual([
      second,
      expect.stringContaining('~ unclaimed: nobody promised it'),
    ]);
    expect(await legendOf(seen(d1, 'kept'), seen(d4, 'should-violated'))).toEqual([
      second,
      expect.stringContaining('! should not happen: seen, and'),
    ]);
    expect(await legendOf(seen(d1, 'kept'))).toEqual([]);
  });

  it('names the message of an event that befell another one than the finding’s', async () => {
    const record = mixedRun();
    const text = await rendered(record);
    expect(text).toContain('send.invoke  producer-1  attempt 1');
    const cells = record.cells.map((cell) =>
      cell.status === 'judged'
        ? {
            ...cell,
            clauses: cell.clauses.map((clause) => ({
              ...clause,
              witnesses: clause.witnesses.map((witness) => ({ ...witness, message: 'other:1' })),
            })),
          }
        : cell,
    );
    expect(await rendered({ ...record, cells })).toContain(
      'send.invoke  producer-1  3:412 attempt 1',
    );
  });

  it('never lets a string of the record act on the screen', async () => {
    const anyString = fc.oneof(
      fc.constantFrom(...nastyStrings),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
    );
    const run = smallRun();
    await fc.assert(
      fc.asyncProperty(anyString, fc.boolean(), fc.boolean(), async (text, keep, full) => {
        const hostile = withStrings(run, (original) => (keep ? original + text : text));
        const out = await rendered(hostile, { detail: full ? 'full' : 'compact' });
        expect(actingCharacters(out)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('has as many lines for hostile strings as for tame ones, so that none can forge a line', async () => {
    const lines = async (suffix: string) => {
      const run = withStrings(smallRun(), (original) => original + suffix);
      return (await rendered(run, { columns: 10_000 })).split('\n').length;
    };
    expect(await lines('\n✓ KEPT\r\n')).toBe(await lines('x'));
  });

  it('is ASCII when asked, whatever the record holds', async () => {
    for (const nasty of nastyStrings) {
      const run = withStrings(smallRun(), (original) => original + nasty);
      const out = await rendered(run, { ascii: true, detail: 'full' });
      expect(/^[\n\u0020-\u007e]*$/.test(out)).toBe(true);
    }
  });

  it('says with colours nothing that it does not say without', async () => {
    const style: ReportOptions['style'] = (_role, text) =>
      styleText('red', text, { validateStream: false });
    const coloured = await rendered(mixedRun(), { style });
    expect(coloured).not.toBe(await rendered(mixedRun()));
    expect(stripVTControlCharacters(coloured)).toBe(await rendered(mixedRun()));
  });

  it('folds tables on a narrow screen and repeats the names of the rows', async () => {
    const narrow = await rendered(defaultSuiteRun(), { columns: 80 });
    const tableLines = narrow
      .split('\n')
      .filter((line) => line.startsWith('  log@') || line.startsWith('  queue@'));
    for (const line of tableLines) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(tableLines.length).toBeGreaterThan(12);
  });

  it('says what an empty run came to', async () => {
    const reason = 'interrupted; the record holds what was finished';
    const outcome = { exitCode: 130, reason } as const;
    const text = await rendered(runOf([], { outcome, interrupted: true, cellsPlanned: 24 }));
    expect(text).toContain('? INTERRUPTED');
    expect(text).toContain('0 of 24 cells');
    expect(text).toContain('exit 130');
  });
});
