import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../harness/record/schema.ts';
import { htmlReporter } from '../../../reports/html/reporter.ts';
import { plainOptions } from '../../../reports/report.ts';
import { actingCharacters } from '../fixtures/acting.ts';
import { nastyStrings, openPlaces, smallRun, withStrings } from '../fixtures/hostile.ts';
import { defaultSuiteRun, largeRun, mixedRun, runOf } from '../fixtures/run.ts';
import { brokenLinks, transgressions } from './allowed.ts';
import { type ParsedPage, parseStrictly } from './strict-parser.ts';

async function parsed(record: RunRecord): Promise<ParsedPage> {
  return parseStrictly(await htmlReporter.render(record, plainOptions));
}

function expectSafe(page: ParsedPage): void {
  expect(transgressions(page)).toEqual([]);
  expect(brokenLinks(page)).toEqual([]);
  expect(actingCharacters(page.text)).toEqual([]);
}

describe('the html report', () => {
  it('stays inside its allow-list whatever any string of the record is', async () => {
    expect(openPlaces().size).toBeGreaterThan(50);
    for (const nasty of nastyStrings) {
      expectSafe(await parsed(withStrings(smallRun(), () => nasty)));
      expectSafe(await parsed(withStrings(smallRun(), (original) => nasty + original)));
    }
  });

  it('stays inside its allow-list for random strings', async () => {
    const run = smallRun();
    const anyString = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(anyString, fc.boolean(), async (text, keep) => {
        expectSafe(await parsed(withStrings(run, (original) => (keep ? original + text : text))));
      }),
      { numRuns: 30 },
    );
  });

  it('shows hostile text as text', async () => {
    const forged = '</title><script>alert("x")</script>\u202e';
    const page = await parsed({ ...smallRun(), id: forged });
    expect(page.text).toContain('</title><script>alert("x")</script>\\u{202e}');
  });

  it('tells how well the checks themselves were tested, or that nobody did', async () => {
    const selftest = {
      killed: 90,
      total: 91,
      perCheck: [{ check: 'D1' as const, killed: 5, total: 6 }],
      pending: ['M13'],
      falseFlags: 0,
      histories: 1000,
      at: '2026-01-02T03:04:05Z',
    };
    const { text } = await parsed({ ...mixedRun(), selftest });
    expect(text).toContain('90 of 91 planted defects were found as exactly what they are');
    expect(text).toContain('0 of 1,000 clean histories were flagged');
    expect(text).toContain('found 5 of 6 planted');
    const untested = await parsed({ ...mixedRun(), selftest: null });
    expect(untested.text).toContain('Not put to the test before this run');
  });

  it('caps long strings and says how many bytes it cut', async () => {
    const page = await parsed({ ...smallRun(), command: 'é'.repeat(5_000) });
    expect(page.text).toContain('…(+6000 bytes)');
  });

  it('carries a policy that allows its own style sheet and nothing else', async () => {
    const page = await parsed(smallRun());
    const policy = page.elements
      .find(({ attributes }) => attributes.get('http-equiv') === 'Content-Security-Policy')
      ?.attributes.get('content');
    const hash = createHash('sha256').update(page.style).digest('base64');
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${hash}'`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    const names = page.elements.map(({ name }) => name);
    expect(names.filter((name) => name === 'style')).toHaveLength(1);
    expect(names).not.toContain('script');
    expect(names.indexOf('meta')).toBeLessThan(names.indexOf('style'));
  });

  it('is readable without seeing: headers have scopes, figures captions, charts words', async () => {
    const { elements } = await parsed(mixedRun());
    const named = (name: string) => elements.filter((element) => element.name === name);
    expect(named('th').every(({ attributes }) => attributes.has('scope'))).toBe(true);
    expect(named('figure').length).toBe(named('figcaption').length);
    expect(named('html')[0]?.attributes.get('lang')).toBe('en');
    const charts = named('svg').filter(({ attributes }) => attributes.get('class') === 'marks');
    expect(charts.length).toBeGreaterThan(2);
    expect(charts.every(({ attributes }) => (attributes.get('aria-label') ?? '') !== '')).toBe(
      true,
    );
    const others = named('svg').filter(({ attributes }) => attributes.get('class') !== 'marks');
    expect(
      others.every(
        ({ attributes }) => attributes.has('aria-hidden') || attributes.has('aria-label'),
      ),
    ).toBe(true);
  });

  it('says what every cell of the matrix came to', async () => {
    const { text } = await parsed(mixedRun());
    for (const words of [
      '1 of 93 claims put to the test was broken',
      'broken D1 acknowledged message lost: 12 of 20,000 (0.060 %)',
      'unclaimed D12 unsettled send lost: 1,243 of 20,000 (6.2 %)',
      'inconclusive',
      'TARGET_NOT_READY',
      'unsupported',
      'fault lose-response never bit',
      'no evidence that it bit',
      'generator late: p99 4.1 ms, allowed 2 ms',
      'ackmark run --engine log@acks-all --scenario broker-crash --seed 8241933',
      'Not exercised: node-loss, power-loss.',
      '≤ 0.015 %',
    ]) {
      expect(text.includes(words), words).toBe(true);
    }
  });

  it('links names, not numbers, so that a link survives the next run', async () => {
    const ids = (await parsed(mixedRun())).elements.flatMap(
      ({ attributes }) => attributes.get('id') ?? [],
    );
    expect(ids).toContain('c.log.acks-all.broker-crash');
    expect(ids).toContain('f.log.acks-all.broker-crash.1.D1');
  });

  it('is the same for the same record', async () => {
    const first = await htmlReporter.render(mixedRun(), plainOptions);
    const [second, third] = await Promise.all([
      htmlReporter.render(mixedRun(), plainOptions),
      htmlReporter.render(mixedRun(), plainOptions),
    ]);
    expect(second === first && third === first).toBe(true);
  });

  it('renders a run that recorded nothing', async () => {
    const page = await parsed(runOf([], { outcome: { exitCode: 130, reason: 'interrupted' } }));
    expectSafe(page);
    expect(page.text).toContain('interrupted');
  });

  it('says so when a histogram cannot be read', async () => {
    const run = defaultSuiteRun();
    const cells = run.cells.map((cell) => {
      if (cell.status !== 'judged' || cell.performance.status === 'untimed') return cell;
      const { figures } = cell.performance;
      const endToEndResponse = { ...figures.endToEndResponse, hdr: 'bm90IGEgaGlzdG9ncmFt' };
      return {
        ...cell,
        performance: { ...cell.performance, figures: { ...figures, endToEndResponse } },
      };
    });
    expect((await parsed({ ...run, cells })).text).toContain('histogram unreadable');
  });

  it('takes at most 500 kB for 8 profiles × 12 scenarios, and says what it leaves out', async () => {
    const text = await htmlReporter.render(largeRun(8, 12), plainOptions);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(500_000);
    const page = parseStrictly(text);
    expectSafe(page);
    expect(page.text).toContain('6 of 72 faulted cells shown');
  });

  it('links a claim to its document only over http', async () => {
    const linked = await parsed(withSource('https://example.org/guarantees#acks'));
    const addresses = (page: ParsedPage) =>
      page.elements.flatMap(({ attributes }) => attributes.get('href') ?? []);
    expect(addresses(linked)).toContain('https://example.org/guarantees#acks');
    const refused = await parsed(withSource('javascript:alert(1)'));
    expect(addresses(refused).filter((address) => address.includes('alert'))).toEqual([]);
    expect(refused.text).toContain('javascript:alert(1)');
  });
});

function withSource(claimSource: string): RunRecord {
  const run = smallRun();
  return { ...run, cells: run.cells.map((cell) => ({ ...cell, claimSource })) };
}
