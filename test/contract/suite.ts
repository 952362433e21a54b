import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { contractCases } from '../../engines/contract/contract.ts';
import type { Engine, Target } from '../../engines/engine.ts';

export interface SuiteSetup {
  readonly engine: Engine;
  /** Module whose default export is `engine`. */
  readonly module: URL;
  readonly profile: string;
  /** Brings the target up; `down` takes it away again, leaving nothing. */
  readonly target: () => Promise<{ readonly target: Target; readonly down: () => Promise<void> }>;
  readonly patienceMs?: number;
  readonly quietMs?: number;
  /** Cases that the target is known to fail, by their name, and why: one that passes does not belong there. */
  readonly deviations?: Readonly<Record<string, string>>;
}

/**
 * Every case of the contract as a vitest test of its own, against one profile of one engine. A case has its own cell and
 * mostly waits, so some run at once: `maxConcurrency` of vitest.
 */
export function contractSuite(name: string, setup: SuiteSetup): void {
  const patienceMs = setup.patienceMs ?? 10_000;
  describe(name, () => {
    let up: Awaited<ReturnType<SuiteSetup['target']>> | undefined;
    const prefix = `ct-${randomUUID().slice(0, 8)}`;
    beforeAll(async () => {
      up = await setup.target();
    }, 240_000);
    afterAll(async () => {
      await up?.down();
    }, 60_000);
    const deviations = new Map(Object.entries(setup.deviations ?? {}));
    for (const [index, contractCase] of contractCases.entries()) {
      const deviation = deviations.get(contractCase.name);
      deviations.delete(contractCase.name);
      test.concurrent(
        deviation === undefined ? contractCase.name : `fails (${deviation}): ${contractCase.name}`,
        async ({ expect }) => {
          if (up === undefined) throw new Error('the target is not up');
          const running = contractCase.run({
            engine: setup.engine,
            module: setup.module,
            profile: setup.profile,
            target: up.target,
            prefix: `${prefix}-${index}`,
            patienceMs,
            quietMs: setup.quietMs ?? 200,
          });
          if (deviation === undefined) await running;
          else await expect(running).rejects.toThrow();
        },
        6 * patienceMs,
      );
    }
    test('every deviation is of a case that there is', ({ expect }) => {
      expect([...deviations.keys()]).toEqual([]);
    });
  });
}
