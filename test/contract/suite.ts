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
    for (const [index, contractCase] of contractCases.entries()) {
      test.concurrent(
        contractCase.name,
        async () => {
          if (up === undefined) throw new Error('the target is not up');
          await contractCase.run({
            engine: setup.engine,
            module: setup.module,
            profile: setup.profile,
            target: up.target,
            prefix: `${prefix}-${index}`,
            patienceMs,
            quietMs: setup.quietMs ?? 200,
          });
        },
        6 * patienceMs,
      );
    }
  });
}
