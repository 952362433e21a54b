import { describe, expect, it } from 'vitest';
import type { ClauseAnswer, FidelityClause, Occasion } from '../../../../engines/fidelity.ts';
import type { RunEnvironment } from '../../../../harness/run/environment.ts';
import { askTarget } from '../../../../harness/run/fidelity/ask-target.ts';
import type { LiveTarget } from '../../../../harness/run/live-target.ts';

const target = { kind: 'planted', title: 'Planted 1', address: 'http://x', nodes: 1, settings: {} };

const live: LiveTarget = {
  direct: target,
  number: null,
  access: { kind: 'external' },
  down: () => Promise.resolve(),
};

const good: ClauseAnswer = { verdict: 'kept', request: 'asked', answer: 'answered' };

function clause(
  id: string,
  probe: (occasion: Occasion) => Promise<ClauseAnswer>,
  manner: FidelityClause['manner'] = 'beside-others',
): FidelityClause {
  return { id, group: 'g', says: 's', source: 'https://x', manner, takes: 'seconds', probe };
}

function environmentOf(signal = new AbortController().signal): RunEnvironment {
  return {
    brokerKey: 'key',
    signal,
    clock: { nowNs: () => performance.now() * 1e6 },
    progress: { phase: () => {} },
  } as unknown as RunEnvironment;
}

const ask = (clauses: readonly FidelityClause[], signal?: AbortSignal) =>
  askTarget(
    {
      name: 'e on t',
      fidelity: {
        document: 'D',
        clauses,
        deviations: [
          {
            id: 'd-1',
            clause: 'known',
            target: 'planted',
            shows: 'deviates',
            because: 'b',
            shownBy: 's',
            expires: '2026-01-01',
          },
          {
            id: 'd-2',
            clause: 'other',
            target: 'somebody-else',
            shows: 'deviates',
            because: 'b',
            shownBy: 's',
            expires: '2026-01-01',
          },
        ],
      },
      live,
      day: '2026-01-02',
    },
    environmentOf(signal),
  );

describe('a target that is asked clause by clause', () => {
  it('is killed when nothing else is under way, and answers stay in the order of the clauses', async () => {
    let underWay = 0;
    const beside: number[] = [];
    const slow = async (): Promise<ClauseAnswer> => {
      underWay += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      underWay -= 1;
      return good;
    };
    const alone = async (): Promise<ClauseAnswer> => {
      beside.push(underWay);
      return slow();
    };
    const answers = await ask([
      clause('crash', alone, 'crashes'),
      clause('burst', alone, 'alone'),
      ...Array.from({ length: 12 }, (_, at) => clause(`c${at}`, slow)),
    ]);
    expect(beside).toEqual([0, 0]);
    expect(answers.map(({ clause: id }) => id).slice(0, 3)).toEqual(['crash', 'burst', 'c0']);
    expect(answers).toHaveLength(14);
  });

  it('leaves a clause open whose probe throws, and asks the others', async () => {
    const answers = await ask([
      clause('known', async () => {
        throw new Error('not established: a queue');
      }),
      clause('other', async () => good),
    ]);
    expect(answers.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'kept']);
    expect(answers[0]?.answer).toContain('not established: a queue');
  });

  it('has the deviations that are known of its kind, and none of another target', async () => {
    const answers = await ask(['known', 'other'].map((id) => clause(id, async () => good)));
    expect(answers.map(({ deviation }) => deviation?.id)).toEqual(['d-1', undefined]);
    expect(answers[0]?.deviation?.expired).toBe(true);
  });

  it('cuts what a target answers at length', async () => {
    const long = { ...good, answer: 'x'.repeat(5_000) };
    const [answer] = await ask([clause('known', async () => long)]);
    expect(answer?.answer).toMatch(/^x{400}… \(5000 characters\)$/);
  });

  it('has no answer to what an interruption cut short', async () => {
    const interruption = new AbortController();
    const answers = await ask(
      [
        clause('known', async () => good),
        clause('other', async (occasion) => {
          setTimeout(() => interruption.abort(), 5);
          await occasion.wait(60_000);
          return good;
        }),
      ],
      interruption.signal,
    );
    expect(answers.map(({ clause: id }) => id)).toEqual(['known']);
  });
});
