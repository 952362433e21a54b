import { describe, expect, it } from 'vitest';
import type { ClauseAnswerRecord, FidelityRecord } from '../../harness/record/fidelity-schema.ts';
import { runRecord } from '../../harness/record/schema.ts';
import { htmlReporter } from '../../reports/html/reporter.ts';
import { plainOptions } from '../../reports/report.ts';
import { terminal } from '../../reports/terminal/reporter.ts';
import { runOf } from './fixtures/run.ts';

const page = 'https://docs.example.com/page.html';
const deviation = {
  id: 'two-7',
  shows: 'deviates' as const,
  because: 'it forgets',
  shownBy: 'a run',
  expires: '2027-01-01',
  expired: false,
};

function answer(
  clause: string,
  verdict: ClauseAnswerRecord['verdict'],
  told = 'as it says',
  known: ClauseAnswerRecord['deviation'] = null,
): ClauseAnswerRecord {
  return { clause, verdict, request: `asked ${clause}`, answer: told, deviation: known, tookNs: 1 };
}

const record: FidelityRecord = {
  engine: 'mail',
  document: 'Mail (version 1)',
  clauses: [
    { id: 'hides', group: 'Leases', says: 'A letter is hidden.', source: page },
    { id: 'purge', group: 'Leases', says: 'A purge empties.', source: 'javascript:alert(1)' },
    { id: 'crash', group: 'Crashes', says: 'A crash loses nothing.', source: page },
  ],
  targets: [
    {
      status: 'asked',
      name: 'one',
      kind: 'one',
      title: 'One 1.0',
      replay: 'ackmark run --target one',
      answers: [
        answer('hides', 'kept'),
        answer('purge', 'deviates', '<script>alert(1)</script>'),
        answer('crash', 'not-modelled', 'keeps nothing'),
      ],
    },
    {
      status: 'asked',
      name: 'two',
      kind: 'two',
      title: 'Two 2.0',
      replay: 'ackmark run --target two',
      answers: [
        answer('hides', 'inconclusive', 'too slow'),
        answer('purge', 'kept', 'nothing', { ...deviation, id: 'two-8' }),
        answer('crash', 'deviates', '3 of 20', deviation),
      ],
    },
    { status: 'unsupported', name: 'three', reason: 'mail has no target three' },
  ],
};
const run = runOf([], {
  fidelity: [record],
  outcome: { exitCode: 1, reason: 'mail on one deviates from purge' },
});

describe('targets that were asked clause by clause', () => {
  it('are a record by its schema', () => {
    expect(runRecord.parse(JSON.parse(JSON.stringify(run)))).toEqual(run);
  });

  it('stand side by side on the terminal, with the answers that differ below', async () => {
    const text = await terminal.render(run, plainOptions);
    expect(text).toContain('✗ BROKEN  1 of 4 answers on 2 targets deviates');
    expect(text).toMatch(/^MAIL +one +two$/m);
    expect(text).toMatch(/^ {2}purge +✗ deviates +✓ kept$/m);
    expect(text).toMatch(/^ {2}crash +– not modelled +≠ deviates$/m);
    expect(text).toMatch(/deviates: mail on one, purge\n +A purge empties\.\n +asked +asked purge/);
    expect(text).toContain('crash (two-7, until 2027-01-01)');
    expect(text).toContain('kept purge against two-8');
    expect(text).toContain('! three says nothing: mail has no target three');
    expect(text.indexOf('mail on one, purge')).toBeLessThan(text.indexOf('mail on two, hides'));
  });

  it('say on a terminal how many answers are left out', async () => {
    const clauses = Array.from({ length: 30 }, (_, at) => ({
      id: `c${at}`,
      group: 'g',
      says: 's',
      source: page,
    }));
    const [target] = record.targets;
    if (target?.status !== 'asked') throw new Error('no target');
    const answers = clauses.map(({ id }) => answer(id, 'deviates'));
    const many = { ...record, clauses, targets: [{ ...target, answers }] };
    const text = await terminal.render(runOf([], { fidelity: [many] }), plainOptions);
    expect(text).toContain('8 of 30 answers shown; the html report has all');
    const all = await terminal.render(runOf([], { fidelity: [many] }), {
      ...plainOptions,
      detail: 'full',
    });
    expect(all).not.toContain('answers shown');
  });

  it('are a section of the page, with every request and answer, and no markup of a target', async () => {
    const html = await htmlReporter.render(run, plainOptions);
    expect(html).toContain('id="fidelity"');
    expect(html).toContain('asked purge → &lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).not.toContain('<script>alert');
    expect(html).not.toContain('href="javascript:');
    expect(html).toContain(`href="${page}"`);
    expect(html).toContain('two-7, until 2027-01-01: it forgets');
    expect(html).not.toContain('id="promises"');
  });
});
