import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkModules } from '../../../harness/check/catalog.ts';
import { defaultFailOn } from '../../../harness/gate/gate.ts';
import { type ClauseState, clauseStates, type RunRecord } from '../../../harness/record/schema.ts';
import { checkHistory } from '../../../harness/run/foreign/check-history.ts';
import { htmlReporter } from '../../../reports/html/reporter.ts';
import { cellMarks, stateGlyph, stateWord } from '../../../reports/model/words.ts';
import { plainOptions } from '../../../reports/report.ts';
import { MemoryDisk } from '../../harness/history/memory-disk.ts';
import { defaultSuiteRun, mixedRun, runOf } from '../fixtures/run.ts';

const page = async (record: RunRecord): Promise<string> =>
  htmlReporter.render(record, plainOptions);

async function checkedHistory(): Promise<RunRecord> {
  const disk = new MemoryDisk();
  const example = checkModules.find(({ id }) => id === 'D1')?.example ?? [];
  disk.create('/h.ndjson').write(Buffer.from(`${example.join('\n')}\n`), 0);
  const { record } = await checkHistory({
    sources: [{ path: '/h.ndjson', name: 'h.ndjson' }],
    scratch: '/scratch',
    disk,
    claim: {
      level: 'at-least-once',
      promises: [],
      minimumAcknowledged: 1,
      minimumDelivered: 1,
    },
    lenient: false,
    workers: 1,
    signal: new AbortController().signal,
    replay: 'ackmark check h.ndjson',
    failOn: defaultFailOn,
    heading: runOf([]),
  });
  return record;
}

function idsOf(html: string, pattern: RegExp): readonly string[] {
  return [...html.matchAll(pattern)].map(([, id = '']) => id);
}

describe('the sections of the html report', () => {
  it('are those that have something to say: of a checked history nothing was timed or planted', async () => {
    const html = await page(await checkedHistory());
    expect(idsOf(html, /<section id="([\w-]+)"/g)).toEqual([
      'promises',
      'findings',
      'cells',
      'run',
      'method',
    ]);
    for (const absent of ['Seed', 'timed cell', '0 nodes', 'run.json</code> beside', 'timetable']) {
      expect(html, absent).not.toContain(absent);
    }
  });

  it('are all there for a run with timed cells, faults and controls', async () => {
    expect(idsOf(await page(mixedRun()), /<section id="([\w-]+)"/g)).toEqual([
      'promises',
      'price',
      'side-by-side',
      'latency',
      'over-time',
      'phases',
      'findings',
      'controls',
      'cells',
      'run',
      'method',
    ]);
  });

  it('say of a run without controls that there were none', async () => {
    const html = await page({ ...mixedRun(), controls: [] });
    expect(html).toContain('No control was part of this run.');
  });

  it('are what the navigation leads to, no more and no less', async () => {
    for (const record of [mixedRun(), await checkedHistory(), runOf([])]) {
      const html = await page(record);
      const [nav = ''] = /<nav.*?<\/nav>/s.exec(html) ?? [];
      expect(idsOf(nav, /href="#([\w-]+)"/g)).toEqual(idsOf(html, /<section id="([\w-]+)"/g));
    }
  });
});

describe('a cell of the matrix', () => {
  it('says why it is inconclusive', async () => {
    const html = await page(mixedRun());
    const cell = mixedRun().cells.find(
      (one) => one.status === 'judged' && one.verdict === 'inconclusive',
    );
    if (cell?.status !== 'judged') throw new Error('the fixture has no inconclusive cell');
    const [matrix = ''] = /<table class="matrix">.*?<\/table>/s.exec(html) ?? [];
    expect(matrix).toContain(`</span> inconclusive <small>${cell.reasons[0]}</small>`);
  });
});

/** Which marks a part of the page writes: glyph and word. */
function marksWritten(part: string): readonly string[] {
  return cellMarks.filter((mark) =>
    part.includes(`>${stateGlyph[mark]}</span> ${stateWord[mark]}`),
  );
}

function expectKeyOf(html: string): void {
  const [matrix = ''] = /<table class="matrix">.*?<\/table>/s.exec(html) ?? [];
  const [key = ''] = /<ul class="key".*?<\/ul>/s.exec(html) ?? [];
  expect(marksWritten(matrix).length).toBeGreaterThan(0);
  expect(marksWritten(key)).toEqual(marksWritten(matrix));
}

describe('the key of the matrix', () => {
  it('holds the words of the cells, all of them and no others', async () => {
    expectKeyOf(await page(mixedRun()));
    expectKeyOf(await page(defaultSuiteRun()));
    expectKeyOf(await page(await checkedHistory()));
  });

  it('whatever became of the clauses of a cell', async () => {
    const cell = mixedRun().cells.find((one) => one.status === 'judged');
    if (cell?.status !== 'judged') throw new Error('the fixture has no judged cell');
    const anyStates = fc.array(fc.constantFrom<ClauseState>(...clauseStates), {
      minLength: cell.clauses.length,
      maxLength: cell.clauses.length,
    });
    await fc.assert(
      fc.asyncProperty(anyStates, async (states) => {
        const clauses = cell.clauses.map((clause, at) => ({
          ...clause,
          state: states[at] ?? clause.state,
          witnesses: [],
          deviation: { id: 'I-1', because: 'b', expires: '2027-01-01', expired: false },
        }));
        expectKeyOf(await page(runOf([{ ...cell, clauses }])));
      }),
      { numRuns: 60 },
    );
  });

  it('tell figures by phase and around faults of the cells that have most to tell, and of how many', async () => {
    const text = await page(mixedRun());
    const section = /<section id="phases"[^]*?<\/section>/.exec(text)?.[0] ?? '';
    expect(section).toContain('<th scope="row">during F1 ');
    expect(section).toMatch(/6 of \d+ cells shown/);
    expect(section.match(/scope="rowgroup"/g)).toHaveLength(6);
    // One of them timed, which has a price, and one that was struck.
    expect(section).toContain('/steady/');
    const [cell] = mixedRun().cells.filter((one) => one.status === 'judged');
    if (cell === undefined) throw new Error('a fixture is missing');
    const many = { ...cell, windowsTotal: 900 };
    expect(await page({ ...mixedRun(), cells: [many] })).toContain('of 900 windows shown');
  });
});
