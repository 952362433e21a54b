import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ledger } from '../../../../harness/effects/sqlite/ledger.ts';
import { LedgerLink } from '../../../../harness/effects/sqlite/ledger-link.ts';
import { runningLedger } from '../running-ledger.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ackmark-ledger-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('a ledger in SQLite', () => {
  it('knows an effect with an idempotency key again when it was closed since', () => {
    const ledger = new Ledger(join(directory, 'l'));
    expect(ledger.apply([1, 7, 1, 7, 2, 7], 'with-effect')).toEqual([1, 0, 1]);
    ledger.close();
    const again = new Ledger(join(directory, 'l'));
    expect(again.apply([1, 7, 1, 8], 'with-effect')).toEqual([0, 1]);
    expect(again.read()).toEqual([1, 7, 1, 1, 8, 1, 2, 7, 1]);
    again.close();
  });
});

describe('the link to its process', () => {
  let running: Awaited<ReturnType<typeof runningLedger>>;
  let link: LedgerLink;
  beforeEach(async () => {
    running = await runningLedger('sqlite');
    link = new LedgerLink(running.access.port);
  });
  afterEach(async () => {
    link.close();
    await running.stop();
  });

  it('answers several at once, each its own', async () => {
    const other = new LedgerLink(running.access.port);
    const answers = await Promise.all([link, other].map((one) => one.apply([3, 1], 'with-effect')));
    expect(answers.flat().filter(Boolean)).toHaveLength(1);
    expect(await running.read()).toEqual([3, 1, 1]);
    other.close();
  });

  it('takes no request of the next connection along when one is lost', async () => {
    const lost = link.apply([1, 1], 'none');
    // Asked again in the very moment of the loss, before the socket has said that it is closed.
    const again = lost.catch(() => link.apply([1, 2], 'none'));
    link.close();
    expect(await again).toEqual([true]);
    await expect(lost).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
    expect(await link.apply([1, 3], 'none')).toEqual([true]);
  });
});
