import { describe, expect, it } from 'vitest';
import { runRecord } from '../../harness/record/schema.ts';
import type { SearchRecord } from '../../harness/record/search-schema.ts';
import { htmlReporter } from '../../reports/html/reporter.ts';
import { answerText, curveRows } from '../../reports/model/search.ts';
import { plainOptions } from '../../reports/report.ts';
import { terminal } from '../../reports/terminal/reporter.ts';
import { sparkline } from '../../reports/text/sparkline.ts';
import { timedRounds } from '../harness/compare/timed-run.ts';
import { actingCharacters } from './fixtures/acting.ts';
import { nastyStrings } from './fixtures/hostile.ts';
import { foundSearch, searchRun } from './fixtures/search.ts';
import { brokenLinks, transgressions } from './html/allowed.ts';
import { parseStrictly } from './html/strict-parser.ts';

const page = async (changes: Partial<SearchRecord> = {}) =>
  parseStrictly(await htmlReporter.render(searchRun(changes), plainOptions));

describe('a search in the reports', () => {
  it('has a record that reads back as it was written', () => {
    const record = searchRun();
    expect(runRecord.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });

  it('is one row for each rate, rising, with medians over its runs', () => {
    const rows = curveRows(foundSearch);
    expect(rows.map(({ ratePerSecond, runs, outcome }) => [ratePerSecond, runs, outcome])).toEqual([
      [283, 1, 'met'],
      [1_000, 1, 'met'],
      [2_000, 1, 'met'],
      [2_828, 4, 'met'],
      [3_111, 1, 'error'],
      [3_394, 1, 'missed'],
      [4_000, 2, 'missed'],
    ]);
    const answer = rows.find(({ isAnswer }) => isAnswer);
    expect(answer?.figures?.endToEndP99Ns).toBe(9.25e6);
    expect(answer?.reason).toContain('the generator was late');
  });

  it('is a table on the terminal, with the curve as a line and the reason of each miss', async () => {
    const text = await terminal.render(searchRun(), plainOptions);
    await expect(text).toMatchFileSnapshot('terminal/golden/search.txt');
    const ascii = await terminal.render(searchRun(), { ...plainOptions, ascii: true });
    expect(Buffer.from(ascii).every((byte) => byte < 0x80)).toBe(true);
  });

  it('shows of its cells the confirming runs alone, beside the curve', async () => {
    const text = await terminal.render(searchRun(), plainOptions);
    const [matrix = ''] = /PROMISES.*?\n\n/s.exec(text) ?? [];
    expect(matrix).toContain('steady@2828');
    expect(matrix).not.toContain('steady@1000');
  });

  it('leaves the cells of the scenarios that were run besides', async () => {
    const searched = searchRun();
    const [other] = timedRounds(1, () => ({}));
    if (other === undefined) throw new Error('a fixture is missing');
    const cells = [other, ...searched.cells];
    const text = await terminal.render(
      { ...searched, cells, cellsPlanned: cells.length },
      plainOptions,
    );
    const [matrix = ''] = /PROMISES.*?\n\n/s.exec(text) ?? [];
    expect(matrix).toMatch(new RegExp(`${other.scenario} .*steady@2828`));
    expect(text).not.toContain('planned cells were recorded');
  });

  it('has its objective as a level line in the chart, where the chart has what it is about', async () => {
    const drawn = async (changes: Partial<SearchRecord>) => {
      const { elements } = await page(changes);
      return elements.filter(({ attributes }) => attributes.get('stroke-dasharray') === '4,3');
    };
    expect(await drawn({})).toHaveLength(1);
    expect((await page()).text).toContain('the level line is e2e.response.p99 < 20ms');
    const [limit] = foundSearch.limits;
    if (limit === undefined) throw new Error('a fixture is missing');
    expect(await drawn({ limits: [{ ...limit, stage: 'publish.response' }] })).toEqual([]);
    expect(await drawn({ limits: [] })).toEqual([]);
  });

  it('is a figure and a table in the page, inside its allow-list whatever its strings are', async () => {
    const plain = await page();
    expect(plain.text).toContain('2,828 messages a second: 2 of 2 confirming runs met');
    expect(plain.text).toContain('the backlog grew by 420 messages a second');
    expect(plain.elements.some(({ name }) => name === 'svg')).toBe(true);
    for (const nasty of nastyStrings) {
      const points = foundSearch.points.map((point) => ({
        ...point,
        replay: nasty,
        reasons: point.reasons.map((reason) => ({ ...reason, text: nasty })),
      }));
      const objectives = [nasty];
      const hostile = await page({ profile: nasty, scenario: nasty, objectives, points });
      expect(transgressions(hostile)).toEqual([]);
      expect(brokenLinks(hostile)).toEqual([]);
      expect(actingCharacters(hostile.text)).toEqual([]);
    }
  });

  it.each([
    [
      {
        is: 'at-least',
        ratePerSecond: 900,
        missedAtPerSecond: null,
        because: 'undecided',
        reason: 'it was late',
      } as const,
      'at least 900 messages a second: above it nothing tells of the engine: it was late',
    ],
    [
      {
        is: 'at-least',
        ratePerSecond: 900,
        missedAtPerSecond: 1_600,
        because: 'undecided',
        reason: 'it was late',
      } as const,
      'at least 900 messages a second, missed at 1,600: between them nothing tells of the engine: it was late',
    ],
    [
      { is: 'none', missedAtPerSecond: 1 } as const,
      'missed also at 1 messages a second, the lowest rate tried',
    ],
    [
      {
        is: 'stopped',
        because: 'interrupted',
        metAtPerSecond: 500,
        missedAtPerSecond: null,
        reason: '',
      } as const,
      'no answer: it was interrupted (met at 500, not confirmed)',
    ],
  ])('says what is not an answer', async (result, sentence) => {
    expect(answerText({ ...foundSearch, result })).toBe(sentence);
    expect((await page({ result })).text).toContain(sentence);
  });

  it('draws equal values as equal, and leaves a gap for what is not known', () => {
    expect(sparkline([1, undefined, 10, 100], false)).toBe('▁ ▅█');
    expect(sparkline([5, 5], false)).toBe('▁▁');
    expect(sparkline([], true)).toBe('');
  });
});
