import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LedgerClient, ledgerClient } from '../../../harness/effects/ledger.ts';
import { absentStores } from '../../../harness/effects/absent-stores.ts';
import { openProxies } from '../../../harness/fault/proxy.ts';
import { effectStores } from '../../../scenarios/scenario.ts';
import { runningLedger } from './running-ledger.ts';

const absent = await absentStores();

/** Each test has a lane of its own, so that none sees what another one left. */
describe.each(effectStores)('a ledger in %s', (store) => {
  describe.skipIf(absent[store] !== undefined)(absent[store] ?? 'started here', () => {
    let running: Awaited<ReturnType<typeof runningLedger>>;
    let ledger: LedgerClient;
    let lane = 0;
    beforeAll(async () => {
      running = await runningLedger(store);
    });
    afterAll(() => running.stop());
    beforeEach(() => {
      ledger = ledgerClient(running.access);
      lane += 1;
    });
    afterEach(() => ledger.close());

    /** Sequence numbers and how often each has its effect. */
    const copies = async (): Promise<Readonly<Record<number, number>>> => {
      const found = await running.read();
      const own: [number, number][] = [];
      for (let i = 0; i + 2 < found.length; i += 3) {
        if (found[i] === lane) own.push([found[i + 1] as number, found[i + 2] as number]);
      }
      return Object.fromEntries(own);
    };

    it('says what it is', () => {
      expect(running.title).toMatch({ sqlite: /^SQLite$/, postgres: /^PostgreSQL 18\.\d+/ }[store]);
    });

    it('applies a plain effect each time that it is told of it', async () => {
      expect(await ledger.apply([lane, 7, lane, 8], 'none')).toEqual([true, true]);
      expect(await ledger.apply([lane, 7], 'none')).toEqual([true]);
      expect(await copies()).toEqual({ 7: 2, 8: 1 });
    });

    it('knows an effect with an idempotency key again, also within one batch', async () => {
      const batch = [lane, 7, lane, 7, lane, 2 ** 32];
      expect(await ledger.apply(batch, 'with-effect')).toEqual([true, false, true]);
      expect(await ledger.apply([lane, 9, lane, 7], 'with-effect')).toEqual([true, false]);
      expect(await copies()).toEqual({ 7: 1, 9: 1, [2 ** 32]: 1 });
    });

    it('knows one whose key is stored later from then on, and not before', async () => {
      expect(await ledger.apply([lane, 7], 'stored-later')).toEqual([true]);
      expect(await ledger.apply([lane, 7, lane, 8], 'stored-later')).toEqual([true, true]);
      await ledger.remember([lane, 7]);
      await ledger.remember([lane, 7]);
      expect(await ledger.apply([lane, 8, lane, 7], 'stored-later')).toEqual([true, false]);
      expect(await copies()).toEqual({ 7: 2, 8: 2 });
    });

    it('lets two that apply the same inputs the other way round both come through', async () => {
      const other = ledgerClient(running.access);
      const seqs = Array.from({ length: 500 }, (_, seq) => [lane, seq]);
      const batches = [seqs.flat(), seqs.toReversed().flat()];
      const answers = await Promise.all(
        [ledger, other].map((one, i) => one.apply(batches[i] ?? [], 'with-effect')),
      );
      expect(answers.flat().filter(Boolean)).toHaveLength(500);
      expect(new Set(Object.values(await copies()))).toEqual(new Set([1]));
      other.close();
    });

    it('has applied what the lost answer to a COMMIT was about, and the client does not know', async () => {
      const group = await openProxies(1, running.wire);
      const [proxy] = group.proxies;
      if (proxy === undefined) throw new Error('no proxy');
      await proxy.forwardTo(running.endpoint);
      const behind = ledgerClient({ ...running.access, port: proxy.endpoint.port });
      expect(await behind.apply([lane, 1], 'none')).toEqual([true]);
      const fault = proxy.loseResponses({ times: 1, everyMs: 0, timeoutMs: 20_000 });
      await expect(behind.apply([lane, 2], 'none')).rejects.toMatchObject({
        code: 'CONNECT_FAILED',
      });
      expect(await fault).toMatchObject({ responsesSwallowed: 1, connectionsCut: 1 });
      expect(await copies()).toEqual({ 1: 1, 2: 1 });
      // On the next connection it is there twice, unless it is known.
      expect(await behind.apply([lane, 2], 'none')).toEqual([true]);
      await behind.remember([lane, 3]);
      expect(await copies()).toEqual({ 1: 1, 2: 2 });
      behind.close();
      await group.close();
    });
  });
});

describe.each(effectStores)('a ledger in %s that is killed', (store) => {
  it.skipIf(absent[store] !== undefined)(
    'leaves what it was asked for unanswered, instead of keeping anybody waiting',
    async () => {
      const running = await runningLedger(store);
      const ledger = ledgerClient(running.access);
      expect(await ledger.apply([1, 1], 'none')).toEqual([true]);
      process.kill(running.pid, 'SIGKILL');
      const failed = { code: 'CONNECT_FAILED' };
      // The process that PostgreSQL has for a connection outlives the killed one by a moment, and may answer once more.
      await vi.waitFor(
        () => expect(ledger.apply([1, 2], 'none')).rejects.toMatchObject(failed),
        20_000,
      );
      await expect(ledger.apply([1, 3], 'none')).rejects.toMatchObject(failed);
      ledger.close();
      await running.stop();
    },
  );
});
