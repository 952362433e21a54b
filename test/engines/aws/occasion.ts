import type { ClauseAnswer, Fidelity, Occasion } from '../../../engines/fidelity.ts';

let names = 0;

/** What the harness hands to a probe, with the real clock. */
export function occasionAt(address: string, crash?: () => Promise<void>): Occasion {
  names += 1;
  return {
    target: { kind: 'external', title: 'planted', address, nodes: 1, settings: {} },
    name: `planted-${process.pid}-${names}`,
    signal: new AbortController().signal,
    nowMs: () => performance.now(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    crash,
  };
}

/** Time that goes on where the probe waits, and nowhere else. */
export function unhurried(occasion: Occasion): Occasion {
  let now = 0;
  return {
    ...occasion,
    nowMs: () => now,
    wait: async (ms) => {
      await occasion.wait(ms);
      now += ms;
    },
  };
}

/** A probe's answer as the harness has it: what it throws is evidence that is missing. */
export async function answerOf(
  { clauses }: Fidelity,
  id: string,
  occasion: Occasion,
): Promise<ClauseAnswer> {
  const clause = clauses.find((one) => one.id === id);
  if (clause === undefined) throw new Error(`no clause ${id}`);
  try {
    return await clause.probe(occasion);
  } catch (error) {
    return { verdict: 'inconclusive', request: 'not asked to the end', answer: String(error) };
  }
}
