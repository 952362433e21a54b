import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRuns, plainRequest } from '../../../harness/compare/compare-runs.ts';
import { rankingOf } from '../../../harness/compare/ranking.ts';
import type { RunRecord } from '../../../harness/record/schema.ts';
import { comparisonPage, rankingPage } from '../../../reports/html/comparison-page.ts';
import { timedRounds } from '../../harness/compare/timed-run.ts';
import { actingCharacters } from '../fixtures/acting.ts';
import { nastyStrings } from '../fixtures/hostile.ts';
import { runOf } from '../fixtures/run.ts';
import { brokenLinks, transgressions } from './allowed.ts';
import { parseStrictly } from './strict-parser.ts';

/** With a broken promise, an invalid cell, a changed machine and names as they are given. */
function runs(name: string): { readonly base: RunRecord; readonly head: RunRecord } {
  const named = (cells: RunRecord['cells']): RunRecord['cells'] =>
    cells.map((cell) => ({ ...cell, engine: name, scenario: name }));
  const good = named(timedRounds(5, () => ({ clientCpuMicrosPerMessage: 6 })));
  const slow = named(timedRounds(5, () => ({ clientCpuMicrosPerMessage: 9 })));
  const other = named(timedRounds(5, () => ({}), 'acks-all'));
  const broken = named(
    timedRounds(5, () => ({}), 'acks-all', {
      seen: [{ check: 'D1', count: 1, witnesses: [] }],
    }),
  );
  const late = named(timedRounds(5, () => ({}), 'lease', { invalid: [name] }));
  const base = runOf([...good, ...other], { id: name });
  const head = runOf([...slow, ...broken, ...late], { id: name });
  return { base, head: { ...head, host: { ...head.host, os: name } } };
}

const allowing = { ...plainRequest, allowCrossTestbed: true };

function expectSafe(markup: string): string {
  const page = parseStrictly(markup);
  expect(transgressions(page)).toEqual([]);
  expect(brokenLinks(page)).toEqual([]);
  expect(actingCharacters(page.text)).toEqual([]);
  expect(page.elements.map(({ name }) => name)).not.toContain('script');
  return page.text;
}

describe('the page of a comparison', () => {
  it('shows promises, figures with their words, and what was left out', () => {
    const { base, head } = runs('log');
    const text = expectSafe(comparisonPage(compareRuns(base, head, allowing)));
    for (const words of [
      'broken',
      'regressed',
      'client CPU',
      '×1.50',
      'only in head',
      'Unlike machines',
    ]) {
      expect(text.includes(words), words).toBe(true);
    }
  });

  it('says that figures of unlike machines are not compared, where that was not allowed', () => {
    const { base, head } = runs('log');
    const text = expectSafe(comparisonPage(compareRuns(base, head)));
    expect(text).toContain('Figures are not compared.');
  });

  it('of one run shows who is ranked, what a level costs and who is not ranked', () => {
    const record = runOf([
      ...timedRounds(5, () => ({}), 'acks-0'),
      ...timedRounds(5, () => ({}), 'acks-1'),
      ...timedRounds(5, () => ({}), 'lease', { invalid: ['the generator was late'] }),
    ]);
    const text = expectSafe(rankingPage(rankingOf(record, 'e2e-p99', plainRequest)));
    for (const words of [
      'log@acks-0 → log@acks-1',
      'Not ranked',
      'queue@lease in steady, invalid: the generator was late',
    ]) {
      expect(text.includes(words), words).toBe(true);
    }
  });

  it('of one run says once that a table has no ranks, and whose is missing where others have one', () => {
    const few = ['acks-all', 'lease'].flatMap((name) => timedRounds(1, () => ({}), name));
    const some = [...few, ...timedRounds(5, () => ({}), 'idempotent')];
    const textOf = (cells: RunRecord['cells']): string =>
      expectSafe(rankingPage(rankingOf(runOf(cells), 'e2e-p99', plainRequest)));
    expect(textOf(few)).toContain('no ranks: 1 of 1 round valid: 4 are needed for a rank');
    expect(textOf(some)).toContain('log@acks-all, queue@lease have no rank: 1 of 1 round valid');
  });

  it('stays inside its allow-list whatever a name or a reason is', () => {
    const both = (name: string): void => {
      const { base, head } = runs(name);
      expectSafe(comparisonPage(compareRuns(base, head, allowing)));
      expectSafe(comparisonPage(compareRuns(base, head)));
      expectSafe(rankingPage(rankingOf(head, 'client-cpu', plainRequest)));
    };
    for (const nasty of nastyStrings) both(nasty);
    const anyString = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
    fc.assert(fc.property(anyString, both), { numRuns: 20 });
  });
});
