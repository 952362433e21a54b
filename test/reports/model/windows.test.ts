import { describe, expect, it } from 'vitest';
import type { JudgedCell } from '../../../harness/record/schema.ts';
import { windowTable } from '../../../reports/model/windows.ts';
import { plainOptions } from '../../../reports/report.ts';
import { windowsText } from '../../../reports/terminal/windows.ts';
import { windowsOf } from '../fixtures/windows.ts';
import { mixedRun } from '../fixtures/run.ts';

function cellOf(changes: Partial<JudgedCell> = {}): JudgedCell {
  const cell = mixedRun().cells.find((one) => one.status === 'judged' && one.faults.length > 0);
  if (cell?.status !== 'judged') throw new Error('the fixture has no faulted cell');
  return { ...cell, ...windowsOf({ faults: [{ from: 3, to: 3.1 }] }, 0, 13), ...changes };
}

function tableOf(cell: JudgedCell, most: number) {
  const { headings, cells } = windowTable([cell], most);
  return { headings, rows: cells[0]?.rows ?? [], total: cells[0]?.total };
}

describe('the table of phases and fault windows', () => {
  it('names each window and gives its rates by its own length', () => {
    const { headings, rows } = tableOf(cellOf(), 64);
    expect(rows.map(({ name }) => name.split(' ').slice(0, 2).join(' '))).toEqual([
      'load',
      'drain',
      'before F1',
      'during F1',
      'after F1',
    ]);
    const titles = headings.flatMap(({ group, titles: own }) => own.map((t) => `${group} ${t}`));
    expect(rows[3]?.figures[titles.indexOf('msg/s sent')]).toBe('5,000');
    expect(rows[3]?.figures[0]).toBe('100 ms');
  });

  it('shows no quantile with fewer than ten samples beyond it, and the longest all the same', () => {
    const { headings, rows } = tableOf(cellOf(), 64);
    const titles = headings.flatMap(({ group, titles: own }) => own.map((t) => `${group} ${t}`));
    const of = (row: number, title: string) => rows[row]?.figures[titles.indexOf(title)];
    expect(of(0, 'publish response p99')).toBe('4.90 ms');
    // 500 messages in a tenth of a second.
    expect(of(3, 'publish response p50')).toBe('44.0 ms');
    expect(of(3, 'publish response p99')).toBe('–');
    expect(of(3, 'publish response max')).toBe('260 ms');
    expect(of(3, 'in flight most')).toBe('–');
  });

  it('leaves out what no window has anything of, and says how many windows there are', () => {
    const { headings, rows, total } = tableOf(cellOf({ windowsTotal: 900 }), 2);
    expect(headings.map(({ group }) => group)).not.toContain('redelivery');
    expect(rows).toHaveLength(2);
    expect(total).toBe(900);
  });

  it('is shown of the cells that are asked for, and of how many', () => {
    const record = mixedRun();
    const cells = record.cells.filter((cell) => cell.status === 'judged');
    const all = windowsText(record, '', plainOptions);
    expect(all).toContain(`12 of ${cells.length} cells shown`);
    const [first] = cells;
    const one = windowsText(record, first?.id ?? '', plainOptions);
    expect(one.startsWith(`${first?.id}\n`)).toBe(true);
    expect(one).not.toContain('cells shown');
    expect(windowsText(record, 'no such cell', plainOptions)).toContain('No cell');
  });
});
