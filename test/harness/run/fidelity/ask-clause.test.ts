import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClauseAnswer, FidelityClause, Occasion } from '../../../../engines/fidelity.ts';
import { askClause } from '../../../../harness/run/fidelity/ask-clause.ts';

const never = new AbortController().signal;
const good: ClauseAnswer = { verdict: 'kept', request: 'asked', answer: 'answered' };

const clauseOf = (probe: FidelityClause['probe']): FidelityClause => ({
  id: 'planted',
  group: 'g',
  says: 's',
  source: 'https://x',
  manner: 'alone',
  takes: 'seconds',
  probe,
});

const occasionWith = (signal: AbortSignal) => ({ signal }) as Occasion;

describe('a clause that is asked', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('is given up after two minutes, and its probe is told to end', async () => {
    let probing: AbortSignal | undefined;
    const silent = clauseOf(({ signal }) => {
      probing = signal;
      return new Promise(() => undefined);
    });
    const asked = askClause(silent, occasionWith, never);
    await vi.advanceTimersByTimeAsync(119_999);
    expect(probing?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await asked).toMatchObject({
      verdict: 'inconclusive',
      answer: expect.stringContaining('planted did not end within 120 s'),
    });
    expect(probing?.aborted).toBe(true);
  });

  it('ends whatever its probe left under way', async () => {
    let probing: AbortSignal | undefined;
    const clause = clauseOf(async ({ signal }) => {
      probing = signal;
      return good;
    });
    expect(await askClause(clause, occasionWith, never)).toEqual(good);
    expect(probing?.aborted).toBe(true);
  });

  it('tells its probe of an interruption', async () => {
    const interruption = new AbortController();
    const clause = clauseOf(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('told')), { once: true });
          interruption.abort();
        }),
    );
    const { verdict } = await askClause(clause, occasionWith, interruption.signal);
    expect(verdict).toBe('inconclusive');
  });
});
