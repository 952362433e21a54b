import { describe, expect, it } from 'vitest';
import { aimAtInFlight } from '../../../harness/run/aim.ts';
import type { Stage } from '../../../harness/run/stage.ts';

const signal = new AbortController().signal;

/** What aiming needs of a stage where so many must be in flight. */
function stageThatWants(minimumInFlightAtFault: number): Stage {
  const clock = { nowNs: () => Math.round(performance.now() * 1e6) };
  const cell = { scenario: { guards: { minimumInFlightAtFault } } };
  return { cell, environment: { clock, signal } } as unknown as Stage;
}

describe('aiming at sends in flight', () => {
  it('tells what it saw when it decided to strike, though all is answered a moment later', async () => {
    const amounts = [0, 3, 55];
    const inFlight = (): number => amounts.shift() ?? 0;
    await expect(aimAtInFlight(stageThatWants(10), inFlight)).resolves.toBe(55);
  });

  it('takes what there is where there is never enough', async () => {
    await expect(aimAtInFlight(stageThatWants(10), () => 4, 20)).resolves.toBe(4);
  });
});
