import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli/main.ts';
import type { RunRecord } from '../../../harness/record/schema.ts';
import { judgeTextbook } from '../../../harness/textbook/judge-sentence.ts';
import { textbookOf } from '../../../harness/textbook/textbook.ts';
import { sentences } from '../../../scenarios/textbook/catalog.ts';
import { defaultSuiteRun, runOf } from '../../reports/fixtures/run.ts';
import { plantedCells } from '../textbook/planted.ts';
import { fakeHost } from './fake-host.ts';

async function said(record: RunRecord) {
  const host = fakeHost(['textbook', 'run']);
  mkdirSync(join(host.directory, 'run'));
  writeFileSync(join(host.directory, 'run', 'run.json'), JSON.stringify(record));
  return { exitCode: await main(host), out: host.out(), err: host.err() };
}

describe('ackmark textbook', () => {
  const chosen = sentences.filter(({ id }) => id === '13' || id === '2');
  const cells = chosen.flatMap((sentence) =>
    sentence.id === '13' ? plantedCells(sentence, ['broker']) : [],
  );
  const textbook = [...judgeTextbook(textbookOf(chosen), cells)];

  it('tells each sentence with verdict, numbers, control and commands', async () => {
    const { exitCode, out } = await said(runOf(cells, { textbook }));
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^# The textbook on trial\n/);
    expect(out).toMatch(/^## 13\. Routing: /m);
    expect(out).toContain('**held (reference only)** on broker; not asked: rabbitmq');
    expect(out).toMatch(/\| broker\\@not-mandatory, routing-change: R4 .*: 7 of 20,000 \|/);
    expect(out).toContain('ackmark run --engine broker@manual-ack --scenario routing-change');
    expect(out).toContain('Not run: 2.');
  });

  it('ends every sentence of a table in its row, whatever is in it', async () => {
    const hostile = textbook.map((sentence) => ({ ...sentence, because: 'a | b\n# c' }));
    const { out } = await said(runOf(cells, { textbook: hostile }));
    expect(out).not.toMatch(/^# c/m);
  });

  it('refuses a run that had none on trial', async () => {
    const { exitCode, err } = await said(defaultSuiteRun());
    expect(exitCode).toBe(64);
    expect(err).toContain('run had no sentences on trial');
  });
});
