import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../harness/record/schema.ts';
import { htmlReporter } from '../../../reports/html/reporter.ts';
import { plainOptions } from '../../../reports/report.ts';
import { nastyStrings, smallRun, withStrings } from '../fixtures/hostile.ts';
import { mixedRun } from '../fixtures/run.ts';

const executablePath = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path));
const title =
  executablePath === undefined
    ? 'the html report in a browser (skipped: no Chromium under /usr/bin)'
    : 'the html report in a browser';

/** The first of the nasty strings are those that aim at a browser. */
const markupStrings = 9;

describe.skipIf(executablePath === undefined)(title, { timeout: 120_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'ackmark-report-'));
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: ['--no-sandbox'],
    });
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    rmSync(directory, { recursive: true });
  });

  /** The page, what the browser complained of, and what it tried to load besides the file itself. */
  async function opened(
    record: RunRecord,
    options: Parameters<Browser['newContext']>[0],
    anchor = '',
  ) {
    const file = join(directory, 'report.html');
    writeFileSync(file, await htmlReporter.render(record, plainOptions));
    const context: BrowserContext = await browser.newContext(options);
    const page: Page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(`${pathToFileURL(file).href}${anchor}`);
    return { context, page, complaints, requests };
  }

  it('shows matrix, prices, plots and findings with scripting disabled', async () => {
    const { context, page } = await opened(mixedRun(), { javaScriptEnabled: false });
    expect(await page.locator('#promises table').isVisible()).toBe(true);
    expect(await page.locator('#promises td').count()).toBe(24);
    expect(await page.locator('#price table').isVisible()).toBe(true);
    const plots = page.locator('#latency svg.marks');
    expect(await plots.count()).toBe(2);
    const size = await plots.first().boundingBox();
    expect(size?.width).toBeGreaterThan(300);
    expect(size?.height).toBeGreaterThan(200);
    expect(await page.locator('#latency svg.marks path[stroke="var(--series-1)"]').count()).toBe(2);
    expect(await page.locator('#over-time svg.marks').first().isVisible()).toBe(true);
    expect(await page.locator('#findings .lanes').first().isVisible()).toBe(true);
    expect(await page.locator('#findings').innerText()).toContain('D1 acknowledged message lost');
    await context.close();
  });

  it('breaks nothing of its own policy and loads nothing', async () => {
    const { context, page, complaints, requests } = await opened(mixedRun(), {});
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith('data:'))).toHaveLength(1);
    const background = await page.evaluate<string>(
      'getComputedStyle(document.body).backgroundColor',
    );
    expect(background).toBe('rgb(247, 247, 244)');
    await context.close();
  });

  it('takes the colours of the reader’s scheme, in charts too', async () => {
    const colours = async (colorScheme: 'light' | 'dark') => {
      const { context, page } = await opened(mixedRun(), { colorScheme });
      const script = `['body', '#latency svg.marks text', '#latency svg.marks path[stroke="var(--series-1)"]'].map((selector) => { const style = getComputedStyle(document.querySelector(selector)); return [style.backgroundColor, style.fill, style.stroke].join(' '); })`;
      const found = await page.evaluate<string[]>(script);
      await context.close();
      return found;
    };
    const light = await colours('light');
    const dark = await colours('dark');
    for (const [at, colour] of light.entries()) expect(dark[at]).not.toBe(colour);
    expect(light[2]).toContain('rgb(199, 92, 27)');
  });

  it('opens the finding that an address points to', async () => {
    const id = 'f.log.acks-0.broker-crash.1.D12';
    const closed = await opened(mixedRun(), { javaScriptEnabled: false });
    expect(await closed.page.locator(`[id="${id}"] .lanes`).isVisible()).toBe(false);
    await closed.context.close();
    const { context, page } = await opened(mixedRun(), { javaScriptEnabled: false }, `#${id}`);
    expect(await page.locator(`[id="${id}"] .lanes`).isVisible()).toBe(true);
    await context.close();
  });

  it('fits a telephone: only tables and charts scroll sideways', async () => {
    const { context, page } = await opened(mixedRun(), { viewport: { width: 390, height: 800 } });
    const overflow = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBeLessThanOrEqual(0);
    await context.close();
  });

  it('opens every entry on paper', async () => {
    const { context, page } = await opened(mixedRun(), { javaScriptEnabled: false });
    await page.emulateMedia({ media: 'print' });
    const last = page.locator('#findings .lanes').last();
    expect(await last.isVisible()).toBe(true);
    expect(await page.locator('nav').isVisible()).toBe(false);
    await context.close();
  });

  it('loses no column on paper: every table fits an A4 page', async () => {
    const { context, page } = await opened(mixedRun(), { viewport: { width: 717, height: 1000 } });
    await page.emulateMedia({ media: 'print' });
    const cut = await page.evaluate<string[]>(
      `[...document.querySelectorAll('table')].filter((table) => table.getBoundingClientRect().right > 718).map((table) => table.innerText.slice(0, 80))`,
    );
    expect(cut).toEqual([]);
    await context.close();
  });

  it.each(nastyStrings.slice(0, markupStrings))(
    'makes no element of a record that says %j',
    async (nasty) => {
      const { context, page, complaints, requests } = await opened(
        withStrings(smallRun(), (original) => nasty + original),
        {},
      );
      const foreign = await page.evaluate<string[]>(
        `[...document.querySelectorAll('script,img,iframe,object,embed,form,input,base,[style],[onerror],[onmouseover],[onclick]')].map((element) => element.outerHTML)`,
      );
      expect(foreign).toEqual([]);
      expect(complaints).toEqual([]);
      expect(requests.filter((url) => !url.startsWith('data:,'))).toHaveLength(1);
      await context.close();
    },
  );
});
