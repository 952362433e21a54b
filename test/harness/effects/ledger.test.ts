import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ledger } from '../../../harness/effects/ledger.ts';
import { LedgerLink } from '../../../harness/effects/ledger-link.ts';
import { runningLedger } from './running-ledger.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ackmark-ledger-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('a ledger', () => {
  it('applies a plain effect each time that it is told of it', () => {
    const ledger = new Ledger(join(directory, 'l'));
    expect(ledger.apply([1, 7, 1, 8], false)).toEqual([1, 1]);
    expect(ledger.apply([1, 7], false)).toEqual([1]);
    expect(ledger.read()).toEqual([1, 7, 2, 1, 8, 1]);
    ledger.close();
  });

  it('knows an effect with an idempotency key again, also within one request and when it was closed since', () => {
    const ledger = new Ledger(join(directory, 'l'));
    expect(ledger.apply([1, 7, 1, 7, 2, 7], true)).toEqual([1, 0, 1]);
    ledger.close();
    const again = new Ledger(join(directory, 'l'));
    expect(again.apply([1, 7, 1, 8], true)).toEqual([0, 1]);
    expect(again.read()).toEqual([1, 7, 1, 1, 8, 1, 2, 7, 1]);
    again.close();
  });
});

describe('a ledger in a process of its own', () => {
  let running: Awaited<ReturnType<typeof runningLedger>>;
  beforeEach(async () => {
    running = await runningLedger();
  });
  afterEach(() => running.stop());

  it('answers several at once, each its own', async () => {
    const links = [new LedgerLink(running.port), new LedgerLink(running.port)];
    const answers = await Promise.all(links.map((link) => link.apply([3, 1], true)));
    expect(answers.flat().filter(Boolean)).toHaveLength(1);
    expect(await running.read()).toEqual([3, 1, 1]);
    for (const link of links) link.close();
  });

  it('leaves what it was asked for unanswered when it dies, instead of keeping anybody waiting', async () => {
    const link = new LedgerLink(running.port);
    expect(await link.apply([1, 1], false)).toEqual([true]);
    running.kill();
    await expect(link.apply([1, 2], false)).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
    await expect(link.apply([1, 3], false)).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
  });

  it('takes no request of the next connection along when one is lost', async () => {
    const link = new LedgerLink(running.port);
    const lost = link.apply([1, 1], false);
    // Asked again in the very moment of the loss, before the socket has said that it is closed.
    const again = lost.catch(() => link.apply([1, 2], false));
    link.close();
    expect(await again).toEqual([true]);
    await expect(lost).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
    expect(await link.apply([1, 3], false)).toEqual([true]);
    link.close();
  });
});
