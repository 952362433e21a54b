import * as fc from 'fast-check';
import { marked } from 'marked';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../harness/record/schema.ts';
import { csv } from '../../../reports/csv/reporter.ts';
import { csvOf, fieldOf } from '../../../reports/csv/safe-csv.ts';
import { github } from '../../../reports/github/reporter.ts';
import { messageOf, propertyOf } from '../../../reports/github/safe-command.ts';
import { junit } from '../../../reports/junit/reporter.ts';
import { tag, xmlText } from '../../../reports/junit/safe-xml.ts';
import { markdown } from '../../../reports/markdown/reporter.ts';
import { judgementsOf } from '../../../reports/model/judgements.ts';
import { plainOptions, type Reporter } from '../../../reports/report.ts';
import { actingCharacters } from '../fixtures/acting.ts';
import { nastyStrings, smallRun, withStrings } from '../fixtures/hostile.ts';
import { defaultSuiteRun, mixedRun } from '../fixtures/run.ts';

const text = async (reporter: Reporter, record: RunRecord): Promise<string> =>
  reporter.render(record, plainOptions);

/** Made once for all formats. */
const hostileRuns = nastyStrings.map((nasty) =>
  withStrings(smallRun(), (original) => original + nasty),
);

const anyText = fc.oneof(
  fc.constantFrom(...nastyStrings),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** Elements in their order, each with its attributes; throws where the document is not well-formed. */
function parsed(document: string) {
  const elements: { readonly name: string; readonly attributes: Record<string, string> }[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    elements.push({ name, attributes: { ...attributes } });
  });
  parser.write(document).close();
  return elements;
}

describe('JUnit XML', () => {
  it('has a test for each judgement, and its counts are theirs', async () => {
    for (const record of [defaultSuiteRun(), mixedRun(), smallRun()]) {
      const elements = parsed(await text(junit, record));
      const judgements = judgementsOf(record);
      const count = (is: string) => judgements.filter(({ outcome }) => outcome.is === is).length;
      expect(elements[0]).toMatchObject({
        name: 'testsuites',
        attributes: {
          tests: `${judgements.length}`,
          failures: `${count('failed')}`,
          errors: `${count('open')}`,
          skipped: `${count('skipped')}`,
        },
      });
      const named = (name: string) => elements.filter((element) => element.name === name).length;
      expect(named('testcase')).toBe(judgements.length);
      expect(named('failure')).toBe(count('failed'));
      expect(named('error')).toBe(count('open'));
      expect(named('skipped')).toBe(count('skipped'));
    }
  });

  it('stays the same document whatever strings the record holds', async () => {
    const tame = parsed(await text(junit, smallRun())).map(({ name }) => name);
    for (const hostile of hostileRuns) {
      expect(parsed(await text(junit, hostile)).map(({ name }) => name)).toEqual(tame);
    }
  });

  it('shows any text as text', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const [root, ...others] = parsed(`${tag('a', { of: value })}>${xmlText(value)}</a>`);
        expect(root?.name).toBe('a');
        expect(Object.keys(root?.attributes ?? {})).toEqual(['of']);
        expect(others).toEqual([]);
      }),
    );
  });
});

describe('workflow commands', () => {
  it('are an error for each broken claim, a warning for what is open, and a notice', async () => {
    const lines = (await text(github, mixedRun())).trimEnd().split('\n');
    const judgements = judgementsOf(mixedRun());
    const count = (is: string) => judgements.filter(({ outcome }) => outcome.is === is).length;
    const begin = (start: string) => lines.filter((line) => line.startsWith(start)).length;
    expect(begin('::error title=')).toBe(count('failed'));
    expect(begin('::warning title=')).toBe(count('open'));
    expect(begin('::notice title=Ackmark::')).toBe(1);
    expect(lines).toHaveLength(count('failed') + count('open') + 1);
  });

  it('are no more than a step may show, and say of how many', async () => {
    const run = defaultSuiteRun();
    const missed = { cell: '', unit: 'count', value: 1, isMet: false, reason: '' } as const;
    const thresholds = Array.from({ length: 25 }, (_, at) => ({
      ...missed,
      threshold: `D1 == ${at}`,
    }));
    const lines = (await text(github, { ...run, thresholds })).trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('::error'))).toHaveLength(10);
    expect(lines[9]).toBe('::error title=Ackmark::9 of 25 shown; the reports have all');
  });

  it('are as many for hostile strings as for tame ones', async () => {
    const tame = (await text(github, smallRun())).split('\n').length;
    for (const hostile of hostileRuns) {
      const lines = (await text(github, hostile)).split('\n');
      expect(lines).toHaveLength(tame);
      expect(
        lines.slice(0, -1).every((line) => /^::(?:error|warning|notice) title=/.test(line)),
      ).toBe(true);
    }
  });

  it('keep any text inside its place', () => {
    fc.assert(
      fc.property(anyText, anyText, (title, message) => {
        const line = `::error title=${propertyOf(title)}::${messageOf([message])}`;
        expect(actingCharacters(line)).toEqual([]);
        expect(line).not.toContain('\n');
        expect(line.slice('::error title='.length).indexOf('::')).toBe(propertyOf(title).length);
      }),
    );
  });
});

describe('CSV', () => {
  /** The fields of one line, as RFC 4180 (section 2) reads it. */
  const fieldsOf = (line: string): string[] => {
    const fields = [''];
    let isQuoted = false;
    for (const character of line) {
      if (character === '"') isQuoted = !isQuoted;
      if (character === ',' && !isQuoted) fields.push('');
      else fields[fields.length - 1] += character;
    }
    return fields.map((field) => field.replace(/^"(.*)"$/s, '$1').replaceAll('""', '"'));
  };

  it('has a row for each cell, and a field for each title in all of them', async () => {
    const record = mixedRun();
    const lines = (await text(csv, record)).split('\r\n');
    expect(lines).toHaveLength(record.cells.length + 2);
    const [titles = ''] = lines;
    for (const line of lines.slice(0, -1)) {
      expect(fieldsOf(line)).toHaveLength(titles.split(',').length);
    }
    expect(lines[1]).toContain(record.cells[0]?.id);
  });

  it('keeps any text in its field, and makes no formula of it', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, two) => {
        const document = csvOf(['a', 'b'], [[one, two]]);
        const [, row = '', end] = document.split('\r\n');
        expect(end).toBe('');
        const fields = fieldsOf(row);
        expect(fields).toHaveLength(2);
        for (const field of fields) expect(field).not.toMatch(/^[=+\-@\t\r]/);
        expect(actingCharacters(row)).toEqual([]);
      }),
    );
    expect(fieldOf('=1+1')).toBe('"\'=1+1"');
    expect(fieldOf(-1.5)).toBe('-1.5');
  });
});

describe('the Markdown of a run', () => {
  it('has the verdict, the matrix, what failed and what weakens it', async () => {
    const document = await text(markdown, mixedRun());
    expect(document).toMatch(/^## ✗ broken: 1 of /);
    expect(document).toContain('### What failed');
    expect(document).toContain('### What weakens it');
    expect(document).toContain('### Price: steady');
    expect(document).toContain('replay: ');
  });

  it('has the same blocks whatever strings the record holds', async () => {
    const blocks = async (record: RunRecord) =>
      marked.lexer(await text(markdown, record)).map(({ type }) => type);
    const tame = await blocks(smallRun());
    for (const hostile of hostileRuns) {
      expect(await blocks(hostile)).toEqual(tame);
    }
  });
});
