import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../harness/record/schema.ts';
import { judgeTextbook } from '../../harness/textbook/judge-sentence.ts';
import { textbookOf } from '../../harness/textbook/textbook.ts';
import { htmlReporter } from '../../reports/html/reporter.ts';
import { plainOptions } from '../../reports/report.ts';
import { terminal } from '../../reports/terminal/reporter.ts';
import { sentences } from '../../scenarios/textbook/catalog.ts';
import { plantedCells, withoutFaults } from '../harness/textbook/planted.ts';
import { runOf } from './fixtures/run.ts';

/** Sentence 5 as it says, 13 switched off, 8 without its faults, 10 not at all. */
function mixedTextbook(): RunRecord {
  const chosen = ['5', '13', '8', '10'].map((id) => {
    const sentence = sentences.find((candidate) => candidate.id === id);
    if (sentence === undefined) throw new Error(`no sentence ${id}`);
    return sentence;
  });
  const [fifth, thirteenth, eighth] = chosen;
  if (fifth === undefined || thirteenth === undefined || eighth === undefined) {
    throw new Error('sentences are missing');
  }
  const cells = [
    ...plantedCells(fifth, ['log']),
    ...plantedCells(thirteenth, ['broker'], 'control'),
    ...withoutFaults(plantedCells(eighth, ['log'])),
  ].map((cell, index) => ({ ...cell, index }));
  return runOf(cells, { textbook: [...judgeTextbook(textbookOf(chosen), cells)] });
}

describe('the textbook in the reports', () => {
  it('is told on the terminal with verdict, numbers and control, on lines that fit', async () => {
    const text = await terminal.render(mixedTextbook(), plainOptions);
    const chapter = text.slice(text.indexOf('TEXTBOOK'));
    expect(chapter).toContain(
      'TEXTBOOK  1 held (reference only), 1 did not hold, 1 inconclusive, 1 not run',
    );
    expect(chapter).toMatch(
      /○ HELD \(REFERENCE ONLY\) {2}on log; not asked: kafka\n +5\. A producer/,
    );
    expect(chapter).toMatch(/control +log@pipelined\/lost-response: D4 .*: 7 of 20,000/);
    expect(chapter).toMatch(/✗ DID NOT HOLD {2}on broker\n +13\./);
    expect(chapter).toMatch(/replay +ackmark run --engine broker@not-mandatory/);
    expect(chapter).toContain('– not run: 10');
    for (const line of chapter.split('\n')) {
      if (!line.includes('replay')) expect(line.length, line).toBeLessThanOrEqual(120);
    }
  });

  it('is a chapter of the page, with the commands that show each side again', async () => {
    const page = await htmlReporter.render(mixedTextbook(), plainOptions);
    const chapter = page.slice(
      page.indexOf('<section id="textbook"'),
      page.indexOf('id="promises"'),
    );
    expect(chapter).toContain('The textbook on trial');
    expect(chapter).toContain('did not hold');
    expect(chapter).toContain('ackmark run --engine log@idempotent --scenario lost-response');
    expect(chapter).toContain('0 of 3 faults struck');
    expect(chapter).toContain('Not run: 10.');
    expect(page).toContain('<a href="#textbook">');
  });

  it('is no part of a run without sentences', async () => {
    const record = { ...mixedTextbook(), textbook: [] };
    expect(await terminal.render(record, plainOptions)).not.toContain('TEXTBOOK');
    expect(await htmlReporter.render(record, plainOptions)).not.toContain('id="textbook"');
  });

  it('cannot move the cursor nor make markup, whatever a system says of itself', async () => {
    const record = mixedTextbook();
    const hostile = '\u001b[2J<script>x</script>\u202e';
    const textbook = record.textbook.map((sentence) => ({
      ...sentence,
      because: hostile,
      trials: sentence.trials.map((trial) => ({
        says: hostile,
        systems: trial.systems.map((system) => ({
          ...system,
          treatment: { ...system.treatment, seen: [hostile], replay: hostile },
        })),
      })),
    }));
    const text = await terminal.render(
      { ...record, textbook },
      { ...plainOptions, detail: 'full' },
    );
    expect(stripVTControlCharacters(text)).toBe(text);
    expect(text).not.toContain('\u202e');
    expect(await htmlReporter.render({ ...record, textbook }, plainOptions)).not.toContain(
      '<script',
    );
  });
});
